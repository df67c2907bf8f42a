import ArgumentParser
import FoundationEssentials
import Glibc
import Inference
import Kernels
import Tensor

/// `classpulse inspect`: what a model is and what it costs.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract:
            "Shows a model's inputs, outputs, operators, parameters, work and memory; or compares the fast kernels "
            + "with the reference or with another engine, node by node.")

    @Argument(help: "An .onnx file.")
    var model: String

    @Option(help: "The batch where the model leaves it open.")
    var batch = 1

    @Option(help: "The input's other axes where the model leaves them open, for instance 3x240x320.")
    var shape: String?

    @Flag(help: "Runs the model by the reference and by the fast kernels and names the first node that differs.")
    var compare = false

    @Option(
        help: ArgumentHelp(
            "With --compare: values of another engine to compare with, instead of the reference's.",
            discussion: "A folder with input.f32 and <value>.f32 for any values, float32 little-endian, '/' in names "
                + "as '_'; Tests/Peers/onnxruntime_golden.py --layers writes it."))
    var golden: String?

    @Option(help: "With --compare: the difference allowed, relative to a value's largest number.")
    var tolerance = 1e-4

    @Flag(help: "Prints one JSON object.")
    var json = false

    func validate() throws {
        guard (1...4096).contains(batch) else { throw ValidationError("--batch must be 1 to 4096") }
        guard compare || golden == nil else { throw ValidationError("--golden goes with --compare") }
        guard tolerance > 0, tolerance < 1 else { throw ValidationError("--tolerance must be between 0 and 1") }
    }

    func run() throws {
        let graph = try ModelFile.graph(at: model)
        let shape = try InputShape.resolve(graph, batch: batch, rest: self.shape)
        if compare {
            let comparison = try KernelComparison(graph, shape: shape, golden: golden, tolerance: tolerance)
            print(json ? try JSONLine.text(comparison) : comparison.text)
            guard comparison.agrees else { throw ExitCode.failure }
        } else {
            let facts = try ModelFacts(model, graph, shape: shape)
            print(json ? try JSONLine.text(facts) : facts.text)
        }
    }
}

struct ModelFacts: Encodable {
    let model: String
    let opset: Int
    let inputs: [String]
    let outputs: [String]
    let operators: [String: Int]
    let fused: [String: Int]
    let parameters: Int
    let shape: [Int]
    let multiplyAdds: Int
    let arenaBytes: Int
    let packedBytes: Int
    /// The largest that this process has been, one run included.
    let processPeakBytes: Int

    init(_ model: String, _ graph: Graph, shape: [Int]) throws {
        let plan = try Plan(graph)
        let session = Session(plan)
        try session.prepare([shape])
        session.withInput { $0.update(repeating: 0) }
        session.execute()
        self.model = model
        self.shape = shape
        opset = graph.opset
        inputs = graph.inputs.map(\.text)
        outputs = graph.outputs.map(\.text)
        operators = graph.nodes.reduce(into: [:]) { $0[$1.type, default: 0] += 1 }
        fused = plan.fusedCounts
        parameters = graph.literals.values.reduce(0) { $0 + ($1.type == .float32 ? $1.count : 0) }
        multiplyAdds = session.multiplyAdds
        arenaBytes = session.arenaBytes
        packedBytes = plan.packedBytes
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        processPeakBytes = usage.ru_maxrss << 10
    }

    var text: String {
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }.joined(
                separator: ", ")
        }
        return """
            model          \(model), opset \(opset)
            inputs         \(inputs.joined(separator: "; "))
            outputs        \(outputs.joined(separator: "; "))
            parameters     \(parameters)
            operators      \(list(operators))
            after fusion   \(list(fused))
            for input      \(shape.map(String.init).joined(separator: "×"))
            multiply-adds  \(multiplyAdds)
            memory         \(arenaBytes) bytes a session at its peak, \(packedBytes) bytes of packed weights shared by all
            process        \(processPeakBytes) bytes at its peak: reading, planning and one run
            """
    }
}

extension Graph.Port {
    var text: String { "\(name) [\((shape ?? []).map(\.description).joined(separator: ", "))]" }
}
