import Foundation

extension Fixtures {
    /// A built executable of this package, beside the tests.
    public static func product(_ name: String) throws -> URL {
        let folders = [Bundle(for: Anchor.self).bundleURL, Bundle.main.executableURL].compactMap {
            $0?.deletingLastPathComponent()
        }
        let candidates = folders.map { $0.appendingPathComponent(name) }
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            throw Missing(what: "\(name) beside the tests in \(folders.map(\.path))")
        }
        return found
    }

    private final class Anchor {}

    /// Runs a program to its end and gives its standard output.
    public static func run(_ program: URL, _ arguments: [String], input: String = "") throws -> String {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        let writer = Thread {  // beside reading, so that neither pipe fills up
            stdin.fileHandleForWriting.write(Data(input.utf8))
            try? stdin.fileHandleForWriting.close()
        }
        writer.start()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ProgramFailed(program: program.path, status: process.terminationStatus)
        }
        return String(decoding: output, as: UTF8.self)
    }

    public struct ProgramFailed: Error {
        public let program: String
        public let status: Int32
    }
}
