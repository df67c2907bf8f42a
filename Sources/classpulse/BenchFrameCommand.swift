import Analysis
import ArgumentParser
import Concentration

/// `classpulse bench frame`: how long one posted frame takes, without the network and the database.
struct BenchFrameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frame",
        abstract: "Times the analysis of one student's frame on one thread: decoding, detection, crop, classification.")

    @Argument(help: "A JPEG or PNG file.")
    var picture: String

    @Option(help: "Runs to take the median of.")
    var runs = 200

    @Flag(help: "Prints one JSON object.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(runs) else { throw ValidationError("--runs must be 1 to 1000000") }
    }

    func run() throws {
        let bytes = [UInt8](try LocalFile.read(picture))
        let analyzer = try Engines().frameAnalyzer(AnalysisSettings())
        try analyzer.warmUp()
        var timings: [Timing] = []
        var status = ""
        for _ in 0..<runs {
            let (reading, timing) = try analyzer.analyze(bytes)
            timings.append(timing)
            status = reading.status.rawValue
        }
        func median(_ part: KeyPath<Timing, Double>) -> Double {
            timings.map { $0[keyPath: part] }.sorted()[timings.count / 2]
        }
        let result = BenchFrameResult(
            picture: picture, status: status, runs: runs, decodeMs: median(\.decode), detectMs: median(\.detect),
            classifyMs: median(\.classify), medianMs: median(\.total))
        if json { return print(try JSONLine.text(result)) }
        let parts = [result.decodeMs, result.detectMs, result.classifyMs].map { Column.fixed($0, 3) }
        print(
            "\(picture), \(status): median \(Column.fixed(result.medianMs, 3)) ms of \(runs) runs; "
                + "decode \(parts[0]), detect \(parts[1]), crop and classify \(parts[2])")
    }
}

private struct BenchFrameResult: Encodable {
    let picture: String
    let status: String
    let runs: Int
    let decodeMs, detectMs, classifyMs, medianMs: Double
}
