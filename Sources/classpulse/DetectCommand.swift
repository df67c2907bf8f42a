import Analysis
import ArgumentParser
import Concentration
import FoundationEssentials
import Imaging
import Service
import StrictJSON
import Vision

struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Finds the faces of pictures, with their landmarks, pose and quality.",
        discussion:
            "A face that the gates of the embedded scoring rule doubt carries their reasons; drawn, it is orange.")

    @OptionGroup var pictures: PictureFiles

    @Option(help: ArgumentHelp("Draw the faces of one picture into a PNG file.", valueName: "file"))
    var draw: String?

    @Option(
        help: ArgumentHelp(
            "Longer side of the picture in which faces are searched; a smaller one is enlarged by up to 1.25.",
            valueName: "pixels"))
    var longSide = 640

    func validate() throws {
        guard (32...4096).contains(longSide) else { throw ValidationError("--long-side must be from 32 to 4096") }
        guard draw == nil || pictures.files.count == 1 else { throw ValidationError("--draw takes one picture") }
    }

    func run() throws { try run { print($0) } }

    func run(print: (String) -> Void) throws {
        let detector = try Engines().faceDetector()
        var drawing: [UInt8]?
        try pictures.forEach(print: print) { bytes in
            let picture = try ImageDecoder.decode(
                bytes, limits: .localFile, longSideAtLeast: draw == nil ? longSide : nil)
            let faces = try detector.detect(
                picture, longSide: longSide, enlargement: FaceDetector.groupEnlargement)
            let views = faces.map { FaceView($0, in: picture, rule: .convention) }
            if draw != nil {
                let doubted = views.map { !$0.assessment.reasons.isEmpty }
                drawing = FaceDrawing.png(of: Array(zip(faces, doubted)), in: picture)
            }
            return ([.init("faces", .array(views.map(\.json)))], views.table)
        }
        // After the picture's own line: what is wrong with the drawing's file is no fault of the picture's.
        if let draw, let drawing { try LocalFile.write(Data(drawing), to: draw) }
    }
}

extension FaceView {
    /// The face as in a report, and the reasons to doubt it.
    fileprivate var json: JSON {
        guard case .object(let members) = face.json else { return face.json }
        return .object(members + [.init("reasons", .array(assessment.reasons.map { .string($0.rawValue) }))])
    }

    /// `score 0.93  box 177 65 92 113  yaw 3° …`
    fileprivate var line: String {
        func whole(_ value: Double) -> String { "\(Int(value.rounded()))" }
        var parts = [
            "score \(JSON.rounded(face.score, places: 2).text)",
            "box " + [face.box.x, face.box.y, face.box.width, face.box.height].map(whole).joined(separator: " "),
        ]
        if let quality = face.quality {
            parts += zip(["yaw", "pitch", "roll"], [quality.yaw, quality.pitch, quality.roll])
                .map { "\($0) \(whole($1))°" }
            parts += zip(
                ["brightness", "contrast", "sharpness"], [quality.brightness, quality.contrast, quality.sharpness]
            ).map { "\($0) \(whole($1))" }
        }
        return (parts + assessment.reasons.map(\.rawValue)).joined(separator: "  ")
    }
}

extension [FaceView] {
    fileprivate var table: String {
        map(\.line).reduce(count == 1 ? "1 face" : "\(count) faces") { $0 + "\n  " + $1 }
    }
}
