import Inference
import Tensor

/// The fast kernels against the reference or another engine on one input, node by node in the order of the run.
struct KernelComparison: Encodable {
    struct Divergence: Encodable {
        let node: String
        let type: String
        let value: String
        /// The largest |fast − expected|, relative to the largest |expected| of the value; infinite where the numbers
        /// differ in count or only one of them is a number.
        let difference: Double
    }

    /// Values compared: those that fusion leaves and that the other side knows.
    private(set) var values = 0
    /// Graph outputs that were not among them.
    private(set) var outputsMissed: [String] = []
    private(set) var largest: Divergence?
    private(set) var first: Divergence?
    let tolerance: Double

    var agrees: Bool { first == nil && values > 0 && outputsMissed.isEmpty }

    /// - Parameter golden: a folder of another engine's input and values; nil for the reference on fixed noise.
    init(_ graph: Graph, shape: [Int], golden: String?, tolerance: Double) throws {
        self.tolerance = tolerance
        let count = Shape.count(shape) ?? 0
        let input = Tensor(
            shape: shape,
            values: try golden.map { try ModelFile.floats(at: $0 + "/input.f32", count: count) }
                ?? InputShape.noise(count: count))
        let reference = golden == nil ? try Session(Plan(graph, kernels: .reference)).allValues([input]) : [:]
        func expected(_ value: String) -> [Float]? {
            guard let golden else { return reference[value]?.values }
            return ModelFile.floats(ifAt: golden + "/" + ModelFile.name(of: value))
        }
        let session = Session(try Plan(graph, byRows: false))
        try session.prepare([shape])
        session.withInput { _ = $0.update(from: input.values) }
        var seen: [Divergence] = []
        session.execute(inspect: { node, type, value, tensor in
            guard let expected = expected(value) else { return }
            let difference = Self.difference(tensor.values, expected)
            seen.append(Divergence(node: node, type: type, value: value, difference: difference))
        })
        values = seen.count
        outputsMissed = graph.outputs.map(\.name).filter { name in !seen.contains { $0.value == name } }
        largest = seen.max { $0.difference < $1.difference }
        first = seen.first { !($0.difference <= tolerance) }
    }

    private static func difference(_ fast: [Float], _ expected: [Float]) -> Double {
        guard fast.count == expected.count else { return .infinity }
        var (largest, scale) = (0.0, 0.0)
        for (a, e) in zip(fast, expected) {
            if a == e || (a.isNaN && e.isNaN) {
                if e.isFinite { scale = max(scale, Double(e.magnitude)) }
                continue
            }
            guard a.isFinite, e.isFinite else { return .infinity }
            largest = max(largest, abs(Double(a) - Double(e)))
            scale = max(scale, Double(e.magnitude))
        }
        return largest == 0 ? 0 : largest / scale
    }

    var text: String {
        if let first {
            return
                "first difference above \(tolerance): node '\(first.node)' (\(first.type)), value '\(first.value)', \(first.difference)"
        }
        if !outputsMissed.isEmpty { return "not compared: \(outputsMissed.joined(separator: ", "))" }
        let worst = largest.map { ", largest difference \($0.difference) at '\($0.node)' (\($0.type))" } ?? ""
        return "\(values) values agree within \(tolerance)\(worst)"
    }
}
