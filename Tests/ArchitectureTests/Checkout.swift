import Foundation
import TestSupport

/// The files git tracks here. Empty, so that the tests are skipped, where the sources came without their history.
enum Checkout {
    /// Paths from the package's root.
    static let trackedFiles: [String] = {
        let listed = try? output(of: "git", ["-C", Fixtures.packageRoot.path, "ls-files", "-z"])
        let paths = (listed ?? "").split(separator: "\0").map(String.init)
        return paths.filter { FileManager.default.fileExists(atPath: url($0).path) }
    }()

    static func url(_ path: String) -> URL { Fixtures.packageRoot.appendingPathComponent(path) }

    static func text(_ path: String) throws -> String { try String(contentsOf: url(path), encoding: .utf8) }

    /// Standard output of a program on the PATH.
    static func output(of program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(command: ([program] + arguments).joined(separator: " "), status: process.terminationStatus)
        }
        return String(decoding: data, as: UTF8.self)
    }

    struct Failure: Error {
        let command: String
        let status: Int32
    }
}
