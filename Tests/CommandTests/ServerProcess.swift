import Foundation
import Glibc
import StrictJSON
import TestSupport

/// The built `classpulse serve` on a port of the system's choosing.
final class ServerProcess {
    static let admin = "the admin token of these tests"

    let process = Process()
    let client: HTTPClient
    /// What it printed until it listened.
    let output: String

    /// Starts it and waits until it is ready.
    init(database: String, environment: [String: String] = ["CLASSPULSE_ADMIN_TOKEN": admin], arguments: [String] = [])
        throws
    {
        process.executableURL = try Fixtures.product("classpulse")
        process.arguments = ["serve", "--port", "0", "--database", database, "--set", "log_level=warning"] + arguments
        process.environment = environment
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var text = ""
        while !text.contains("/report\n") {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { throw HTTPClient.Failure(description: "serve ended: \(text)") }
            text += String(decoding: data, as: UTF8.self)
        }
        output = text
        let line = text.components(separatedBy: "\n").first { $0.hasPrefix("Dashboard: ") } ?? ""
        guard let port = URL(string: String(line.dropFirst(11)))?.port.flatMap(UInt16.init(exactly:)) else {
            throw HTTPClient.Failure(description: "no address in: \(text)")
        }
        client = HTTPClient(port: port)
        for _ in 0..<2_400 {
            if try client.send("GET", "/readyz").status == 200 { return }
            usleep(50_000)
        }
        throw HTTPClient.Failure(description: "not ready within 30 s")
    }

    deinit { if process.isRunning { kill() } }

    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// SIGTERM, then the exit status.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    func send(
        _ method: String, _ target: String, token: String = admin, type: String = "application/json",
        key: String? = nil, body: [UInt8] = []
    ) throws -> HTTPClient.Answer {
        var headers = [("Authorization", "Bearer \(token)"), ("Content-Type", type)]
        if let key { headers.append(("Idempotency-Key", key)) }
        return try client.send(method, target, headers: headers, body: body)
    }

    func send(_ method: String, _ target: String, json: JSON) throws -> HTTPClient.Answer {
        try send(method, target, body: json.bytes)
    }

    /// Class `c`, consenting student `ada`, session `s`.
    func makeClassroom() throws {
        _ = try send("POST", "/v1/classes", json: ["id": "c", "name": "C"])
        _ = try send(
            "PUT", "/v1/classes/c/students/ada",
            json: ["display_name": "Ada", "consent": ["granted": true, "notice_version": "1"]])
        _ = try send("POST", "/v1/classes/c/sessions", json: ["id": "s", "title": "S"])
    }

    func post(_ picture: [UInt8], key: String? = nil, token: String = admin) throws -> HTTPClient.Answer {
        try send("POST", "/v1/sessions/s/students/ada/frames", token: token, type: "image/png", key: key, body: picture)
    }

    /// Identifiers of all frames stored for `ada` in `s`.
    func storedFrames() throws -> [String] {
        var (ids, cursor) = ([String](), "")
        repeat {
            let page = try JSON(
                parsing: send("GET", "/v1/sessions/s/students/ada/timeline?resolution=frame&limit=1000\(cursor)").body)
            guard case .array(let frames)? = page["frames"] else { throw HTTPClient.Failure(description: page.text) }
            ids += frames.compactMap { if case .string(let id)? = $0["frame_id"] { id } else { nil } }
            if case .string(let next)? = page["next"] { cursor = "&cursor=\(next)" } else { cursor = "" }
        } while !cursor.isEmpty
        return ids
    }
}

/// A folder of its own for each test.
struct Scratch: ~Copyable {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("command-\(UUID().uuidString)")
    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }
    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// Runs `classpulse` to its end.
func classpulse(
    _ arguments: [String], environment: [String: String] = [:], in folder: URL = FileManager.default.temporaryDirectory
) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = try Fixtures.product("classpulse")
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = folder
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
        process.terminationStatus, String(decoding: text, as: UTF8.self), String(decoding: complaint, as: UTF8.self)
    )
}
