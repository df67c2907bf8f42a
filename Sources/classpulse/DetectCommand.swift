import ArgumentParser
import FoundationEssentials
import Imaging
import StrictJSON
import Vision

struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Finds the faces of pictures, with their landmarks.")

    @OptionGroup var pictures: PictureFiles

    @Option(help: ArgumentHelp("Draw the faces of one picture into a PNG file.", valueName: "file"))
    var draw: String?

    @Option(help: ArgumentHelp("Longer side of the picture in which faces are searched.", valueName: "pixels"))
    var longSide = 640

    func validate() throws {
        guard (32...4096).contains(longSide) else { throw ValidationError("--long-side must be from 32 to 4096") }
        guard draw == nil || pictures.files.count == 1 else { throw ValidationError("--draw takes one picture") }
    }

    func run() throws { try run { print($0) } }

    func run(print: (String) -> Void) throws {
        let detector = try Engines().faceDetector()
        try pictures.forEach(print: print) { bytes in
            let picture = try ImageDecoder.decode(
                bytes, limits: .localFile, longSideAtLeast: draw == nil ? longSide : nil)
            let faces = try detector.detect(picture, longSide: longSide)
            if let draw {
                try Data(FaceDrawing.png(of: faces, in: picture)).write(to: URL(filePath: draw))
            }
            return ([.init("faces", .array(faces.map(\.json)))], faces.table)
        }
    }
}

extension DetectedFace {
    /// Box and landmarks to a tenth of a pixel of the upright full-size picture.
    fileprivate var json: JSON {
        func pixels(_ values: Double...) -> JSON { .array(values.map { .rounded($0, places: 1) }) }
        return [
            "box": pixels(box.x, box.y, box.width, box.height), "score": .rounded(score),
            "landmarks": .array(points.map { pixels($0.x, $0.y) }),
        ]
    }
}

extension [DetectedFace] {
    fileprivate var table: String {
        let title = count == 1 ? "1 face" : "\(count) faces"
        return map { face in
            let pose = HeadPose(points: face.points)
            let box = [face.box.x, face.box.y, face.box.width, face.box.height].map { "\(Int($0.rounded()))" }
            return "  score \(JSON.rounded(face.score, places: 2).text)  box \(box.joined(separator: " "))"
                + "  yaw \(Int(pose.yaw.rounded()))°  pitch \(Int(pose.pitch.rounded()))°  roll \(Int(pose.roll.rounded()))°"
        }.reduce(title) { $0 + "\n" + $1 }
    }
}
