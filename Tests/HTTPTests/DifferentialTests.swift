import Foundation
import TestSupport
import Testing

@testable import HTTP

/// Against a strict peer, Python's h11: whatever our parser accepts, h11 accepts too, and reads as the same requests
/// with the same bodies. The other way round we refuse more: bare LF, line folding, and what Docs/HTTP.md lists.
@Suite struct DifferentialTests {
    static let hasPython = FileManager.default.isExecutableFile(atPath: Fixtures.python.path)

    // Skipped where `make setup` has not made the Python environment.
    @Test(.enabled(if: hasPython, "no .venv/bin/python: run `make setup`"))
    func nothingThatH11RefusesIsAccepted() throws {
        var generator = RequestGenerator(seed: 20_261_121)
        let streams = (0..<20_000).map { _ in generator.stream() }
        let verdicts = try Self.h11(streams)
        try #require(verdicts.count == streams.count)
        var (accepted, shared) = (0, 0)
        for (stream, theirs) in zip(streams, verdicts) {
            let ours = Self.accepted(stream)
            if !theirs.starts(with: ours) {
                Issue.record("\(String(decoding: stream, as: UTF8.self).debugDescription): ours \(ours), h11 \(theirs)")
            }
            accepted += theirs.count
            shared += ours.count
        }
        // The test would be idle if hardly anything were accepted by either.
        #expect(shared > 10_000, "h11 accepted \(accepted)")
        #expect(shared < accepted)
    }

    /// The requests our parser completes before it refuses, needs more, or the client asked to close.
    static func accepted(_ stream: [UInt8]) -> [String] {
        var parser = RequestParser()
        parser.append(stream)
        var requests: [String] = []
        var (head, length, sum) = (RequestHead?.none, 0, 0)
        while let event = try? parser.next() {
            switch event {
            case .head(let next): (head, length, sum) = (next, 0, 0)
            case .body(let bytes):
                length += bytes.count
                sum += bytes.reduce(0) { $0 + Int($1) }
            case .end:
                guard let head else { return requests }
                requests.append("\(head.method) \(head.target) \(length):\(sum)")
                if !head.keepsAlive { return requests }
            }
        }
        return requests
    }

    /// What h11 accepts of each stream.
    static func h11(_ streams: [[UInt8]]) throws -> [[String]] {
        let folder = FileManager.default.temporaryDirectory
        let (input, output) = (
            folder.appendingPathComponent(UUID().uuidString), folder.appendingPathComponent(UUID().uuidString)
        )
        defer { for file in [input, output] { try? FileManager.default.removeItem(at: file) } }
        var data = Data()
        for stream in streams {
            withUnsafeBytes(of: UInt32(stream.count).bigEndian) { data.append(contentsOf: $0) }
            data.append(contentsOf: stream)
        }
        try data.write(to: input)
        try Data().write(to: output)
        let process = Process()
        process.executableURL = Fixtures.python
        process.arguments = [
            Fixtures.packageRoot.appendingPathComponent("Tests/Differential/h11_oracle.py").path
        ]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let lines = try String(contentsOf: output, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        return lines.dropLast().map { $0.split(separator: "\t").map(String.init) }
    }
}
