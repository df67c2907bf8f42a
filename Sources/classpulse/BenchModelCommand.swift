import ArgumentParser
import FoundationEssentials
import Inference
import Kernels
import ModelFiles
import Tensor

/// `classpulse bench model`: how long one run of a model takes.
struct BenchModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Times a model: the median over runs of one batch, on one or several threads.",
        discussion: "With several threads the batch is split and each thread runs its share in a session of its own.")

    @Option(help: "An .onnx file.")
    var model: String

    @Option(help: "Pictures in a batch: the length of the input's first axis where the model leaves it open.")
    var batch = 1

    @Option(help: "Threads, each with a session of its own.")
    var threads = 1

    @Option(
        help: "Compares so many sessions at the same time, each on a thread of its own with a whole batch, with one.")
    var sessions: Int?

    @Option(help: "The input's other axes where the model leaves them open, for instance 3x240x320.")
    var shape: String?

    @Option(help: "Runs to take the median of; as many as fit into two seconds if left out.")
    var runs: Int?

    @Option(help: "Which kernels: portable, avx2 or avx512; the best the processor has if left out.")
    var isa: String?

    @Option(help: "How convolutions multiply: float32, or int8 where the processor has AVX512-VNNI.")
    var precision = Precision.float32

    @Option(help: "A file of float32 values, little-endian, for the whole batch; random numbers if left out.")
    var input: String?

    @Option(
        help: "A folder for the outputs of the whole batch, one file of float32 values each, named after the output.")
    var outputs: String?

    @Flag(help: "Time of each node instead of the whole, and its share of the core's measured peak.")
    var layers = false

    @Flag(help: "Prints one JSON object a line.")
    var json = false

    func validate() throws {
        guard (1...4096).contains(batch) else { throw ValidationError("--batch must be 1 to 4096") }
        guard (1...256).contains(threads), threads <= batch else {
            throw ValidationError("--threads must be 1 to 256 and at most --batch")
        }
        guard (1...1_000_000).contains(runs ?? 1) else { throw ValidationError("--runs must be 1 to 1000000") }
        guard (1...256).contains(sessions ?? 1) else { throw ValidationError("--sessions must be 1 to 256") }
        if let isa, InstructionSet(rawValue: isa).map({ InstructionSet.available.contains($0) }) != true {
            throw ValidationError(
                "--isa must be one of \(InstructionSet.available.map(\.rawValue).joined(separator: ", "))")
        }
    }

    func run() throws {
        let graph = try ModelFile.graph(at: model)
        let plan = try Plan(graph, isa: isa.flatMap(InstructionSet.init(rawValue:)) ?? .preferred, precision: precision)
        let shape = try InputShape.resolve(graph, batch: batch, rest: self.shape)
        let input =
            try self.input.map { try ModelFile.floats(at: $0, count: Shape.count(shape) ?? 0) }
            ?? InputShape.noise(count: Shape.count(shape) ?? 0)
        if let sessions {
            let scaling = try ModelScaling(plan, shape: shape, input: input, sessions: sessions)
            return print(json ? try JSONLine.text(scaling) : scaling.text)
        }
        let race = try ModelRace(plan, shape: shape, input: input, threads: threads)
        if layers { return try report(race.layers(isa: plan.isa)) }
        let times = race.times(runs: runs)
        if let outputs {
            for (name, values) in race.outputs() {
                try ModelFile.write(values, to: outputs + "/" + ModelFile.name(of: name))
            }
        }
        let result = BenchResult(
            model: model, shape: shape, threads: threads, isa: plan.isa.rawValue,
            precision: precision.rawValue, runs: times.count,
            medianMs: times[times.count / 2], minimumMs: times[0], arenaBytes: race.arenaBytes)
        if json {
            print(try JSONLine.text(result))
        } else {
            let shape = shape.map(String.init).joined(separator: "×")
            print(
                "\(model), \(shape), \(threads) threads, \(plan.isa.rawValue), \(precision.rawValue): median \(result.medianMs) ms of \(times.count) runs"
            )
        }
    }

    private func report(_ layers: [ModelRace.Layer]) throws {
        if json {
            for layer in layers { print(try JSONLine.text(layer)) }
            return
        }
        let total = layers.reduce(0) { $0 + $1.microseconds }
        for layer in layers {
            let columns = [
                Column.left(layer.type, 20), Column.right(Column.fixed(layer.microseconds, 1), 9),
                Column.right(Column.fixed(100 * layer.microseconds / total, 1) + " %", 8),
                Column.right(layer.gigaflops.map { Column.fixed($0, 1) } ?? "", 8),
                Column.right(layer.shareOfPeak.map { Column.fixed(100 * $0, 1) + " %" } ?? "", 8), "  " + layer.node,
            ]
            print(columns.joined())
        }
        print(
            "total \(Column.fixed(total, 1)) µs; columns: operator, µs, share, GFLOP/s, share of the core's peak, node")
    }
}

private struct BenchResult: Encodable {
    let model: String
    let shape: [Int]
    let threads: Int
    let isa: String
    let precision: String
    let runs: Int
    let medianMs: Double
    let minimumMs: Double
    let arenaBytes: Int
}
