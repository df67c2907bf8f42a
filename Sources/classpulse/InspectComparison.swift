import Inference
import Tensor

/// The fast kernels against the reference on one input, node by node in the order of the run.
struct KernelComparison: Encodable {
    struct Divergence: Encodable {
        let node: String
        let type: String
        let value: String
        /// The largest |fast − reference| / max(1, |reference|); infinite where one of them is no number.
        let difference: Double
    }

    /// Values compared: those that fusion leaves.
    private(set) var values = 0
    private(set) var largest: Divergence?
    private(set) var first: Divergence?
    let tolerance: Double

    var agrees: Bool { first == nil && values > 0 }

    init(_ graph: Graph, shape: [Int], tolerance: Double = 1e-4) throws {
        self.tolerance = tolerance
        let input = Tensor(shape: shape, values: InputShape.noise(count: Shape.count(shape) ?? 0))
        let expected = try Session(Plan(graph, kernels: .reference)).allValues([input])
        let session = Session(try Plan(graph))
        try session.prepare([shape])
        session.withInput { _ = $0.update(from: input.values) }
        var seen: [Divergence] = []
        session.execute(inspect: { node, type, value, tensor in
            guard let reference = expected[value], reference.shape == tensor.shape else { return }
            seen.append(
                Divergence(node: node, type: type, value: value, difference: Self.difference(tensor, reference)))
        })
        values = seen.count
        largest = seen.max { $0.difference < $1.difference }
        first = seen.first { !($0.difference <= tolerance) }
    }

    private static func difference(_ fast: Tensor, _ reference: Tensor) -> Double {
        zip(fast.values, reference.values).reduce(0.0) { largest, pair in
            if pair.0.bitPattern == pair.1.bitPattern || (pair.0.isNaN && pair.1.isNaN) { return largest }
            let difference = abs(Double(pair.0) - Double(pair.1)) / max(1, abs(Double(pair.1)))
            return difference.isNaN ? .infinity : max(largest, difference)
        }
    }

    var text: String {
        if let first {
            return
                "first difference above \(tolerance): node '\(first.node)' (\(first.type)), value '\(first.value)', \(first.difference)"
        }
        let worst = largest.map { ", largest difference \($0.difference) at '\($0.node)' (\($0.type))" } ?? ""
        return "\(values) values agree within \(tolerance)\(worst)"
    }
}
