import Analysis
import ArgumentParser
import Concentration
import Imaging
import Service
import StrictJSON

struct AnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze", abstract: "Reads and scores one student's face in each picture.",
        discussion: "What the server would report of the same frames with its embedded scoring rule; nothing is stored."
    )

    @OptionGroup var pictures: PictureFiles

    @Flag(help: "The pictures are faces already: nothing is detected.")
    var cropped = false

    func run() throws { try run { print($0) } }

    func run(print: (String) -> Void) throws {
        let engines = try Engines()
        let analyzer = engines.frameAnalyzer(AnalysisSettings(limits: .localFile))
        try analyzer.warmUp()
        try pictures.forEach(print: print) { bytes in
            let (reading, timing) = try analyzer.analyze(bytes, cropped: cropped)
            let origin: [JSON.Member] = [.init("model", .string(engines.model)), .init("timing_ms", timing.json)]
            return (reading.members + origin, reading.line)
        }
    }
}

extension FrameReading {
    /// `high 0.82  neutral 0.87, happy 0.08` or `unknown  no_face`.
    fileprivate var line: String {
        var parts = [concentration.level.rawValue]
        if let score = concentration.score { parts[0] += " \(JSON.rounded(score, places: 2).text)" }
        if let expressions {
            let strongest = FacialExpression.allCases.sorted { expressions[$0] > expressions[$1] }.prefix(2)
            parts.append(
                strongest.map { "\($0.rawValue) \(JSON.rounded(expressions[$0], places: 2).text)" }.joined(
                    separator: ", "))
        }
        if !reasons.isEmpty { parts.append(reasons.map(\.rawValue).joined(separator: ", ")) }
        return parts.joined(separator: "  ")
    }
}
