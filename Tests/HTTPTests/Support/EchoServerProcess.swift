import Foundation

/// The server in a process of its own, with a limit of open files.
final class EchoServerProcess {
    let port: UInt16
    private let process = Process()

    init(descriptors: Int) throws {
        let binary = Bundle.main.executableURL?.deletingLastPathComponent().appendingPathComponent("EchoServer")
        let candidates = [
            binary, Bundle(for: Self.self).bundleURL.deletingLastPathComponent().appendingPathComponent("EchoServer"),
        ]
        guard let path = candidates.compactMap({ $0?.path }).first(where: FileManager.default.isExecutableFile) else {
            throw Client.Failure(description: "EchoServer is not beside the tests")
        }
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "ulimit -n \(descriptors); exec \"$0\"", path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = UInt16(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            process.terminate()
            throw Client.Failure(description: "EchoServer printed no port: \(line)")
        }
        self.port = port
    }

    var isRunning: Bool { process.isRunning }

    /// SIGTERM; the exit status, 0 if every connection ended in time.
    @discardableResult
    func terminate() -> Int32 {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
