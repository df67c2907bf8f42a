import ArgumentParser
import Concentration
import FoundationEssentials
import Glibc
import Imaging
import Inference
import ModelFiles
import Models
import Tensor

/// Accuracy of a classifier on a data set of face crops.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a classifier on face crops in class folders.",
        discussion: """
            DIR holds one folder per class (angry, disgust, fear, happy, sad, surprise, neutral or an alias such as \
            anger or happiness) of grey or colour face crops. Crops of another size are resized to the network's. \
            A contempt folder is counted as excluded.
            """)

    @Option(
        help: "An ONNX file, input [N,1,H,W] grey 0…255, output [N,7] probabilities; the bundled classifier if absent.")
    var model: String?

    @Option(help: "How convolutions multiply: float32, or int8 where the processor has AVX512-VNNI.")
    var precision = Precision.float32

    @Option(help: "The folder of class folders.")
    var data: String

    @Option(help: "Also write the seven probabilities of each face to this file, one JSON object a line.")
    var predictions: String?

    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    func run() throws {
        let classifier = try ClassifierUnderTest(model: model, precision: precision)
        let faces = try LabelledFaces(folder: data)
        let progress = Progress(total: faces.items.count)
        var confusion = Confusion()
        var lines = ""
        for start in stride(from: 0, to: faces.items.count, by: ClassifierUnderTest.batch) {
            let items = Array(faces.items[start..<min(start + ClassifierUnderTest.batch, faces.items.count)])
            for (item, probabilities) in zip(items, try classifier.read(items)) {
                confusion.add(truth: item.label, answer: probabilities.strongest)
                if predictions != nil { lines += try Self.line(item, probabilities) + "\n" }
            }
            progress.show(start + items.count)
        }
        progress.end()
        if let predictions { try LocalFile.write(Data(lines.utf8), to: predictions, options: .atomic) }
        let report = EvaluationReport(
            model: classifier.name, precision: precision.rawValue, confusion: confusion, excluded: faces.excluded)
        print(json ? try report.json() : report.table())
    }

    private static func line(_ item: LabelledFaces.Item, _ probabilities: ExpressionProbabilities) throws -> String {
        struct Row: Encodable {
            let file: String
            let label: String
            let probabilities: [String: Double]
        }
        let named = FacialExpression.allCases.map { ($0.rawValue, probabilities[$0]) }
        let row = Row(
            file: item.name, label: item.label.rawValue, probabilities: Dictionary(uniqueKeysWithValues: named))
        return String(decoding: try JSONEncoder().encode(row), as: UTF8.self)
    }
}

/// The network that `evaluate` measures, with its session.
struct ClassifierUnderTest {
    static let batch = 32
    let name: String
    private let session: Session
    private let input: (width: Int, height: Int)

    init(model: String?, precision: Precision) throws {
        let bytes: [UInt8]
        if let model {
            name = model
            guard let data = try? Data(contentsOf: URL(filePath: model)) else {
                throw EvaluationError.unreadable(file: model, reason: "cannot be opened")
            }
            bytes = [UInt8](data)
        } else {
            let bundled = try BundledModel.classifier()
            name = bundled.card.version
            bytes = bundled.bytes
        }
        let graph = try ONNXModel.graph(bytes)
        guard let shape = graph.inputs.first?.shape, graph.inputs.count == 1, shape.count == 4,
            case .fixed(1) = shape[1], case .fixed(let height) = shape[2], case .fixed(let width) = shape[3]
        else { throw EvaluationError.wrongModel(model: name, reason: "its input is not [N, 1, H, W]") }
        input = (width, height)
        session = Session(try Plan(graph, precision: precision))
    }

    func read(_ items: [LabelledFaces.Item]) throws -> [ExpressionProbabilities] {
        var pixels: [Float] = []
        pixels.reserveCapacity(items.count * input.width * input.height)
        for item in items {
            pixels += try LabelledFaces.read(item, width: input.width, height: input.height).pixels.map(Float.init)
        }
        let tensor = Tensor(shape: [items.count, 1, input.height, input.width], values: pixels)
        let classes = FacialExpression.allCases.count
        guard let output = try session.run(tensor).values.first, output.shape == [items.count, classes] else {
            throw EvaluationError.wrongModel(model: name, reason: "its output is not [N, \(classes)]")
        }
        return items.indices.map { row in
            ExpressionProbabilities(output.values[row * classes..<(row + 1) * classes].map(Double.init))
        }
    }
}

/// A bar on standard error, only where that is a terminal.
private struct Progress {
    let total: Int
    private let isTerminal = isatty(STDERR_FILENO) == 1

    init(total: Int) { self.total = total }

    func show(_ done: Int) {
        guard isTerminal else { return }
        let filled = done * 40 / max(total, 1)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 40 - filled)
        write("\r\(bar) \(done)/\(total)")
    }

    func end() {
        if isTerminal { write("\n") }
    }

    private func write(_ text: String) {
        var bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, &bytes, bytes.count)
    }
}
