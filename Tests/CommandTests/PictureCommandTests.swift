import ArgumentParser
import Foundation
import Imaging
import StrictJSON
import TestSupport
import Testing

@testable import classpulse

/// `detect` and `analyze` with the bundled networks.
struct PictureCommandTests {
    private struct Output {
        var lines: [String] = []
        var code: Int32 = 0

        func json(_ index: Int) throws -> JSON { try JSON(parsing: Array(lines[index].utf8)) }
    }

    private func detect(_ arguments: String...) throws -> Output {
        let command = try DetectCommand.parse(arguments)
        return try collect { try command.run(print: $0) }
    }
    private func analyze(_ arguments: String...) throws -> Output {
        let command = try AnalyzeCommand.parse(arguments)
        return try collect { try command.run(print: $0) }
    }
    private func collect(_ run: ((String) -> Void) throws -> Void) throws -> Output {
        var output = Output()
        do {
            try run { output.lines.append($0) }
        } catch let code as ExitCode {
            output.code = code.rawValue
        }
        return output
    }

    static let astronaut = Result { try Fixtures.picture("astronaut.png").path }

    /// Bad files give an error object each, the good ones between them are still read, the exit status is 1.
    @Test func aBadFileDoesNotStopTheOthers() throws {
        let folder = try TemporaryFolder()
        let good = try Self.astronaut.get()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: good))
        let truncated = try folder.write("cut.png", bytes.dropLast(1000))
        let text = try folder.write("text.jpg", Data("no picture".utf8))
        let tiny = try folder.write("tiny.png", Data(PNGWriter.encode(GreyImage(width: 31, height: 40, filledWith: 9))))
        let missing = folder.path("missing.jpg")

        let files = [text, good, truncated, tiny, missing]
        let codes = ["not_an_image", nil, "truncated_image", "image_too_small", "unreadable_file"]
        for output in [
            try detect(text, good, truncated, tiny, missing, "--json"),
            try analyze(text, good, truncated, tiny, missing, "--json"),
        ] {
            #expect(output.code == 1 && output.lines.count == files.count)
            for (index, file) in files.enumerated() {
                let line = try output.json(index)
                #expect(line["file"] == .string(file))
                #expect(line["error"]?["code"] == codes[index].map(JSON.string), "\(file): \(line.text)")
                if codes[index] != nil { #expect(line["error"]?["message"] != nil) }
            }
        }
    }

    /// Box and landmarks as `Training/classpulse_training/framing.py` (`bundled`, at 640 with `enlarged` 1.25) finds them
    /// with ONNX Runtime and OpenCV.
    @Test(arguments: [
        ("320", [180.4, 61.1, 90.8, 109.5], [203.1, 101.6, 246.5, 104.1, 223.3, 128.7, 201.1, 141.7, 243.7, 142.5]),
        ("640", [180.7, 60.5, 94.7, 110.3], [203.7, 101.8, 247.5, 104.1, 223.8, 129.0, 201.0, 141.4, 245.3, 142.4]),
    ])
    func onePersonIsOneFace(longSide: String, box: [Double], landmarks: [Double]) throws {
        let line = try detect(try Self.astronaut.get(), "--long-side", longSide, "--json").json(0)
        guard case .array(let faces) = line["faces"], faces.count == 1, case .array(let foundBox) = faces[0]["box"],
            case .array(let points) = faces[0]["landmarks"], case .number(let score) = faces[0]["score"]
        else {
            Issue.record("\(line.text)")
            return
        }
        #expect(score > 0.85 && score <= 1)
        let coordinates = points.flatMap { point in
            if case .array(let values) = point { values } else { [] as [JSON] }
        }
        #expect(foundBox.count == 4 && coordinates.count == 10)
        for (value, expected) in zip(foundBox + coordinates, box + landmarks) {
            guard case .number(let number) = value else { continue }
            #expect(abs(number - expected) < 1, "\(line.text)")
        }
        #expect(faces[0]["reasons"] == .array([]))
    }

    @Test(arguments: ["coffee.png", "chelsea.png"])
    func aCupAndACatAreNoFaces(name: String) throws {
        let file = try Fixtures.picture(name).path
        #expect(try detect(file, "--json").json(0)["faces"] == .array([]))
        let reading = try analyze(file, "--json").json(0)
        #expect(reading["status"] == "no_face" && reading["concentration"]?["score"] == .null)
    }

    @Test func aPortraitIsScored() throws {
        let output = try analyze(try Self.astronaut.get(), "--json")
        let line = try output.json(0)
        #expect(output.code == 0)
        #expect(line["status"] == "scored", "\(line.text)")
        #expect(line["expression"] == "happy", "\(line.text)")
        guard case .number(let score) = line["concentration"]?["score"] else { return }
        #expect(score > 0 && score < 1)
        for part in ["decode", "detect", "classify", "total"] { #expect(line["timing_ms"]?[part] != nil) }
    }

    @Test func aCroppedFaceIsNotSearched() throws {
        let folder = try TemporaryFolder()
        let face = try folder.write("face.png", Data(PNGWriter.encode(.drawnFace)))
        let line = try analyze(face, "--cropped", "--json").json(0)
        #expect(line["status"] == "scored" && line["face"]?["landmarks"] == .array([]), "\(line.text)")
    }

    @Test func theDrawingIsAPictureOfTheSameSize() throws {
        let folder = try TemporaryFolder()
        let target = folder.path("drawn.png")
        #expect(try detect(try Self.astronaut.get(), "--draw", target).code == 0)
        let drawn = try ImageDecoder.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: target))))
        let plain = try ImageDecoder.decode([UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.astronaut.get()))))
        #expect(drawn.image.width == 512 && drawn.image.height == 512 && drawn.image != plain.image)
    }

    /// The picture is not to blame: it is answered, and the drawing's path is named.
    @Test func aDrawingThatCannotBeWrittenIsNamed() throws {
        let target = try TemporaryFolder().path("missing/drawn.png")
        let command = try DetectCommand.parse([try Self.astronaut.get(), "--draw", target])
        var lines: [String] = []
        let error = #expect(throws: FileError.self) { try command.run { lines.append($0) } }
        #expect(error?.description == "\(target): no such folder")
        #expect(lines.count == 1 && lines[0].contains("1 face"))
    }

    @Test func textIsForReading() throws {
        let lines = try detect(try Self.astronaut.get()).lines
        #expect(lines.count == 1 && lines[0].contains("astronaut.png: 1 face\n  score 0."))
        #expect(throws: (any Error).self) { try DetectCommand.parse([]) }
        #expect(throws: (any Error).self) { try DetectCommand.parse(["a.jpg", "b.jpg", "--draw", "c.png"]) }
        #expect(throws: (any Error).self) { try DetectCommand.parse(["a.jpg", "--long-side", "0"]) }
    }
}

extension GreyImage {
    /// Two eyes and a mouth.
    fileprivate static var drawnFace: GreyImage {
        var image = GreyImage(width: 96, height: 96, filledWith: 170)
        for y in 0..<96 {
            for x in 0..<96 {
                let eye = [30, 66].contains { abs(x - $0) < 8 && abs(y - 38) < 4 }
                if eye || (abs(x - 48) < 16 && abs(y - 72) < 3) { image[x, y] = 50 }
            }
        }
        return image
    }
}

private final class TemporaryFolder {
    private let url = FileManager.default.temporaryDirectory.appendingPathComponent("classpulse-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
    func write(_ name: String, _ data: Data) throws -> String {
        try data.write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }
}
