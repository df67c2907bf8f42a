import Concentration
import Foundation
import HTTP
import Logging
import StrictJSON
import TestSupport
import Testing
import Timelines

@testable import Service

/// A service on a fresh database, with one class, one consenting student `ada`, one lesson, and a token of every role.
final class Classroom: Sendable {
    enum Kind: CaseIterable { case inProcess, live }

    let service: Service
    let store: TimelineStore
    let door: any Door
    private let server: Server?
    private let folder: URL
    let admin = "an admin token for the tests"
    let tokens: [Role: String]

    /// - Parameter configure: changes the options before the service is made.
    init(_ kind: Kind = .inProcess, ready: Bool = true, configure: (inout ServiceOptions) -> Void = { _ in }) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("classroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try TimelineStore(path: folder.appendingPathComponent("test.sqlite").path)
        var options = ServiceOptions()
        options.adminToken = TokenSecret(admin)
        configure(&options)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        service = try Service(options: options, store: store, logger: logger)
        if ready { service.becomeReady(try TestEngine.make()) }
        switch kind {
        case .inProcess:
            (server, door) = (nil, InProcess(service: service))
        case .live:
            var configuration = ServerConfiguration(lanes: [
                .init(name: "quick", threads: 2, queueLimit: 256),
                .init(name: "inference", threads: TestEngine.count, queueLimit: 64),
                .init(name: "changes", threads: 2, queueLimit: 256),
            ])
            configuration.port = 0
            let server = try Server(configuration: configuration, handler: service)
            service.observe { [weak server] in server?.statistics }
            door = HTTPClient(port: try server.start())
            self.server = server
        }
        let now = options.now()
        _ = try store.createClass("c1", name: "Class One", at: now)
        _ = try store.createClass("c2", name: "Class Two", at: now)
        let consent = Consent(granted: true, noticeVersion: "1", guardian: false, time: now)
        _ = try store.putStudent("ada", in: "c1", displayName: "Ada", consent: consent, actor: "test", at: now)
        _ = try store.putStudent("bob", in: "c1", displayName: "Bob", consent: nil, actor: "test", at: now)
        _ = try store.createSession("s1", in: "c1", title: "Lesson", at: now)
        tokens = [
            .admin: admin,
            .teacher: try service.tokens.create(role: .teacher, class: "c1", student: nil, label: "", actor: "test")
                .secret.text,
            .ingest: try service.tokens.create(role: .ingest, class: "c1", student: nil, label: "", actor: "test")
                .secret.text,
            .student: try service.tokens.create(role: .student, class: "c1", student: "ada", label: "", actor: "test")
                .secret.text,
        ]
    }

    deinit {
        server?.stop()
        store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Sends as the admin unless told otherwise; the token nil sends none.
    func send(
        _ method: String, _ target: String, as token: String?? = .none, type: String? = nil,
        headers: [(String, String)] = [], body: [UInt8] = []
    ) throws -> HTTPClient.Answer {
        var headers = headers
        if let token = token ?? admin { headers.append(("Authorization", "Bearer \(token)")) }
        if let type { headers.append(("Content-Type", type)) }
        return try door.send(method, target, headers: headers, body: body)
    }

    func send(_ method: String, _ target: String, as token: String?? = .none, json: JSON) throws -> HTTPClient.Answer {
        try send(method, target, as: token, type: "application/json", body: json.bytes)
    }

    /// Posts a picture of `ada` in `s1`.
    func post(
        _ picture: [UInt8], type: String = "image/png", query: String = "", as token: String?? = .none,
        key: String? = nil
    ) throws -> HTTPClient.Answer {
        try send(
            "POST", "/v1/sessions/s1/students/ada/frames\(query)", as: token, type: type,
            headers: key.map { [("Idempotency-Key", $0)] } ?? [], body: picture)
    }

    /// A scored frame in `s1`, past the engine of these tests, which finds no face.
    func append(_ student: String, at time: Timestamp) {
        let probabilities = ExpressionProbabilities([0, 0, 0, 0, 0, 0, 1])
        let quality = FaceQuality(brightness: 120, contrast: 50, sharpness: 210, yaw: 0, pitch: 0, roll: 0)
        let face = Face(
            box: Box(x: 200, y: 120, width: 180, height: 180), landmarks: [], score: 0.99, quality: quality)
        let reading = FrameReading(
            status: .scored, reasons: [], face: face, expressions: probabilities,
            concentration: ScoringRule.convention.score(probabilities, gates: Gates(presence: 1, quality: 1)))
        let frame = FrameReport(
            id: "\(student)-\(time.milliseconds)", session: "s1", student: student, capturedAt: time, reading: reading,
            model: "none@00000000", timing: Timing())
        let done = DispatchSemaphore(value: 0)
        store.append(frame, received: time) { result in
            if case .failure(let error) = result { Issue.record(error) }
            done.signal()
        }
        done.wait()
        service.dashboards.invalidate(nil)
    }

    /// Frames stored for `ada` in `s1`.
    func storedFrames() throws -> Int {
        let answer = try send("GET", "/v1/sessions/s1/students/ada/timeline?resolution=frame&limit=1000")
        guard case .array(let frames)? = answer.json["frames"] else { return -1 }
        return frames.count
    }
}
