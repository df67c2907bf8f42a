import Foundation
import Inference
import Kernels
import ModelFiles
import Tensor
import TestSupport
import Testing

/// Whole networks against ONNX Runtime, within 1e-4.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: Fixtures.python.path), "needs .venv: run `make setup`"))
struct WholeModelTests {
    /// Two generated networks, the bundled ones, and YuNet where it lies beside the repository.
    static let models: [String] = {
        let resources = Fixtures.packageRoot.appendingPathComponent("Sources/Models/Resources")
        let yunet = Fixtures.packageRoot.appendingPathComponent("../shared/peers/face_detection_yunet_2023mar.onnx")
        let files = [
            resources.appendingPathComponent("ds-efficientnet.onnx").path + ":2x1x48x48",
            resources.appendingPathComponent("face-detector.onnx").path + ":1x1x64x96",
            resources.appendingPathComponent("face-refiner.onnx").path + ":3x1x64x64",
        ]
        let present = FileManager.default.fileExists(atPath: yunet.path)
        if !present { print("skipped: \(yunet.path) is not there") }
        // The ends of the range of opsets that the networks are promised for, and one between.
        let generated = [11, 17, 20].flatMap { ["mobile@\($0)", "pyramid@\($0)"] }
        return generated + ["mobile:1x3x7x5", "pyramid:3x1x64x24"] + files + (present ? [yunet.path] : [])
    }()

    static let folder: URL = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("classpulse-golden-\(getpid())")
        let script = Fixtures.packageRoot.appendingPathComponent("Tests/Peers/onnxruntime_golden.py")
        _ = try? Fixtures.run(Fixtures.python, [script.path, folder.path] + models)
        return folder
    }()

    @Test(arguments: models.indices)
    func equalsONNXRuntime(index: Int) throws {
        let folder = Self.folder.appendingPathComponent(String(index))
        func floats(_ name: String) throws -> [Float] {
            let file = name.replacing("/", with: "_") + ".f32"
            let data = try Data(contentsOf: folder.appendingPathComponent(file))
            return data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        }
        let graph = try ONNXModel.graph([UInt8](Data(contentsOf: folder.appendingPathComponent("model.onnx"))))
        let shape = try String(contentsOf: folder.appendingPathComponent("shape.txt"), encoding: .utf8)
            .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        let input = Tensor(shape: shape, values: try floats("input"))
        var plans = try InstructionSet.available.map { ("\($0)", try Plan(graph, isa: $0)) }
        if shape.reduce(1, *) < 5000 { plans.append(("reference", try Plan(graph, kernels: .reference))) }
        for (name, plan) in plans where shape.reduce(1, *) < 20_000 || name == "\(InstructionSet.best)" {
            let outputs = try Session(plan).run(input)
            #expect(outputs.count == graph.outputs.count)
            for (output, tensor) in outputs {
                let difference = Closeness.difference(tensor.values, try floats(output))
                #expect(difference < 1e-4, "\(Self.models[index]), \(name), \(output)")
            }
        }
    }
}
