import Foundation
import Imaging
import Inference
import ModelFiles
import Models
import Tensor
import TestSupport
import Testing

/// The bundled networks give ONNX Runtime's numbers on real faces, by the fast and by the reference kernels.
@Suite struct BundledModelParityTests {
    static let tolerance: Float = 1e-4

    /// Around the face at 224, 115: several scales and positions.
    static func portraitCrops() throws -> Tensor {
        let portrait = try grey(Fixtures.picture("astronaut.png"))
        let crops = [(170, 60, 110), (180, 64, 96), (160, 40, 130), (190, 75, 80), (150, 30, 150)].map { x, y, side in
            portrait.cropped(x: x, y: y, width: side, height: side).resized(width: 48, height: 48)
        }
        return batch(crops)
    }

    @Test func classifierOnAPortrait() throws {
        let input = try Self.portraitCrops()
        try Self.compare(BundledModel.classifier(), input, kernels: .fast)
        try Self.compare(BundledModel.classifier(), input, kernels: .reference)
    }

    /// In 8-bit integers the classifier keeps about two digits of its probabilities.
    @Test(.enabled(if: Precision.int8.isAvailable, "needs AVX512-VNNI"))
    func classifierInBytes() throws {
        let input = try Self.portraitCrops()
        let graph = try ONNXModel.graph(BundledModel.classifier().bytes)
        let exact = try #require(Session(Plan(graph)).run(input).values.first)
        let bytes = try #require(Session(Plan(graph, precision: .int8)).run(input).values.first)
        let difference = Closeness.difference(bytes.values, exact.values)
        #expect(difference > 0 && difference < 0.05)
    }

    /// PyTorch's probabilities, by Training/classpulse_training/golden.py. Needs the unpacked FER2013 PublicTest.
    @Test(.enabled(if: Fixtures.data("public-test") != nil, "FER2013 is not unpacked: see Tests/setup"))
    func classifierOn500Faces() throws {
        let root = try #require(Fixtures.data("public-test"))
        let file = Fixtures.packageRoot.appendingPathComponent("Tests/ParityTests/classifier-golden.json")
        let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
        let model = try BundledModel.classifier()
        try #require(golden.sha256 == model.card.sha256, "of another model: run classpulse_training.golden")
        let files = golden.probabilities.keys.sorted()
        #expect(files.count == 500)
        let session = try Session(Plan(ONNXModel.graph(model.bytes)))
        for start in stride(from: 0, to: files.count, by: 64) {
            let part = files[start..<min(start + 64, files.count)]
            let faces = try part.map { try Self.grey(root.appendingPathComponent($0)) }
            let found = try #require(session.run(Self.batch(faces))["probabilities"]).values
            let expected = part.flatMap { golden.probabilities[$0] ?? [] }
            try #require(found.count == expected.count)
            for (index, (a, b)) in zip(found, expected).enumerated() where !(abs(a - b) <= Self.tolerance) {
                Issue.record("\(part[start + index / 7]), class \(index % 7): \(a), PyTorch \(b)")
            }
        }
    }

    struct Golden: Decodable {
        let sha256: String
        let probabilities: [String: [Float]]
    }

    @Test(arguments: [(320, 320), (160, 128), (96, 224)])
    func detectorOnAPortrait(width: Int, height: Int) throws {
        let picture = try Self.grey(Fixtures.picture("astronaut.png")).resized(width: width, height: height)
        try Self.compare(BundledModel.detector(), Self.batch([picture]), kernels: .fast)
    }

    @Test func refinerOnAPortrait() throws {
        let portrait = try Self.grey(Fixtures.picture("astronaut.png"))
        let crops = [(170, 60, 110), (150, 30, 150), (0, 0, 64), (300, 200, 200)].map { x, y, side in
            portrait.cropped(x: x, y: y, width: side, height: side).resized(width: 64, height: 64)
        }
        try Self.compare(BundledModel.refiner(), Self.batch(crops), kernels: .fast)
        try Self.compare(BundledModel.refiner(), Self.batch(crops), kernels: .reference)
    }

    static func grey(_ url: URL) throws -> GreyImage {
        try ImageDecoder.decode([UInt8](Data(contentsOf: url)), limits: .localFile).image
    }

    static func batch(_ pictures: [GreyImage]) -> Tensor {
        Tensor(
            shape: [pictures.count, 1, pictures[0].height, pictures[0].width],
            values: pictures.flatMap { $0.pixels.map(Float.init) })
    }

    static func compare(_ model: BundledModel, _ input: Tensor, kernels: Plan.Kernels) throws {
        let found = try Session(Plan(ONNXModel.graph(model.bytes), kernels: kernels)).run(input)
        let expected = try onnxRuntime(model, input)
        #expect(Set(found.keys) == Set(expected.keys))
        for (name, values) in expected {
            let ours = try #require(found[name]).values
            try #require(ours.count == values.count, "\(name)")
            for (index, (a, b)) in zip(ours, values).enumerated() where !(abs(a - b) <= tolerance * max(1, abs(b))) {
                Issue.record("\(name)[\(index)] of \(input.shape), \(kernels): \(a), ONNX Runtime \(b)")
                return
            }
        }
    }

    static func onnxRuntime(_ model: BundledModel, _ input: Tensor) throws -> [String: [Float]] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("parity-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, values) = (folder.appendingPathComponent("model.onnx"), folder.appendingPathComponent("input"))
        try Data(model.bytes).write(to: file)
        try input.values.withUnsafeBytes { try Data($0).write(to: values) }
        let script = Fixtures.packageRoot.appendingPathComponent("Tests/ParityTests/onnxruntime_run.py")
        _ = try Fixtures.run(
            Fixtures.python, [script.path, file.path, values.path] + input.shape.map(String.init) + [folder.path])
        var outputs: [String: [Float]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".f32") {
            let data = try Data(contentsOf: folder.appendingPathComponent(name))
            outputs[String(name.dropLast(4))] = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        }
        return outputs
    }
}
