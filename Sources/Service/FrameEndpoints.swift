import Concentration
import HTTP
import StrictJSON
import Synchronization
import Timelines

extension Service {
    private static let frameQuery: [Endpoint.QueryParameter] = [
        .init(
            name: "captured_at", schema: Schemas.time, description: "when the picture was taken; default: its arrival"),
        .init(
            name: "cropped", schema: Schemas.boolean, description: "true where the whole picture is the face already"),
    ]
    private static let idempotencyKey = Endpoint.HeaderParameter(
        name: "Idempotency-Key",
        description:
            "1 to 128 printable ASCII characters; becomes the frame_id, and a replay answers with the stored report")
    private static let timeErrors: [APIError.Code] = [
        .capturedAtInFuture, .capturedAtOutOfRange, .invalidIdempotencyKey, .sessionEnded, .idempotencyConflict,
    ]

    static let frameEndpoints: [Endpoint] = [
        Endpoint(
            method: "POST", path: "/v1/sessions/{session}/students/{student}/frames", id: "postFrame",
            summary: "Analyses one student's picture, or several as multipart/form-data, and stores what it said.",
            access: .anyToken, query: frameQuery, headers: [idempotencyKey],
            body: .pictures(multipart: true),
            answers: [
                .init(status: 201, description: "analysed and stored", schema: "FrameReport"),
                .init(status: 200, description: "a replay: the stored report", schema: "FrameReport"),
                .init(
                    status: 207, description: "several pictures: one result for each, in order", schema: "FrameResults"),
            ],
            errors: timeErrors + [.consentRequired, .invalidMultipart, .tooManyRequests],
            action: .later { service, call, finish in try service.postFrame(call, finish) }),
        Endpoint(
            method: "POST", path: "/v1/sessions/{session}/frames", id: "postGroupFrame",
            summary: "Analyses a picture of several people: an anonymous reading for each of the 64 largest faces.",
            access: .staffAndIngest, query: [frameQuery[0]], headers: [idempotencyKey],
            body: .pictures(multipart: false),
            answers: [
                .init(status: 201, description: "analysed and stored", schema: "GroupReport"),
                .init(status: 200, description: "a replay: the stored report", schema: "GroupReport"),
            ],
            errors: timeErrors,
            action: .later { service, call, finish in try service.postGroupFrame(call, finish) }),
    ]

    /// Nothing is decoded before the consent is found on record.
    private func postFrame(_ call: Call, _ finish: @escaping @Sendable (Response) -> Void) throws {
        try checkMayPost(call)
        let cropped = try call.query.flag("cropped")
        let time = try call.query.time("captured_at")
        let key = try Self.idempotencyKey(call.head)
        let engine = try readyEngine()
        let session = try session(of: call)
        let student = try store.student(call.parameter("student"), in: session.classID)
        guard student.consent?.consent.granted == true else {
            throw APIError(.consentRequired, "no consent of this student is on record")
        }
        let frame = Frame(session: session, student: student.id, cropped: cropped, arrival: options.now())
        let type = call.head.headers["Content-Type"].flatMap(ParameterizedValue.init)?.value
        if type == "multipart/form-data" {
            try postForm(call, frame, key: key, capturedAt: time, engine, finish)
            return
        }
        let id = key ?? randomIdentifier()
        if key != nil, let stored = try store.frame(id, session: session.id, student: student.id) {
            finish(.json(stored.json))
            return
        }
        try checkOpen(session)
        let capturedAt = try checked(time, frame)
        analyse(call.body, as: id, capturedAt, frame, engine) { [self] result in
            switch result {
            case .success(let stored): finish(.json(stored.report.json, status: stored.isNew ? 201 : 200))
            case .failure(let error): finish(.error(apiError(error, call.head), requestID: call.head.id))
            }
        }
    }

    /// The answer to a picture is one face's reading, which aggregate visibility keeps from teachers; and with frames of
    /// students made up for it a class figure would tell that of the one real student among them.
    func checkMayPost(_ call: Call) throws(APIError) {
        guard options.visibility == .individual || call.principal?.role != .teacher else {
            throw APIError(.forbidden, "this server shows class figures only: teachers do not post frames")
        }
    }

    /// What a picture is taken to be.
    struct Frame: Sendable {
        var session: SessionRecord
        var student: String
        var cropped: Bool
        var arrival: Timestamp
    }

    struct Stored: Sendable {
        var report: FrameReport
        /// False where a concurrent request stored the same frame first.
        var isNew: Bool
    }

    /// Analyses on this thread and calls `done` after the commit, from the writer's thread, or at once with what failed.
    func analyse(
        _ picture: [UInt8], as id: String, _ capturedAt: Timestamp, _ frame: Frame, _ engine: Engine,
        _ done: @escaping @Sendable (Result<Stored, any Error>) -> Void
    ) {
        do {
            let analysed = try analysed { try engine.withAnalyzer { try $0.student(picture, cropped: frame.cropped) } }
            metrics.analysed(analysed.reading.status, analysed.timing)
            let report = FrameReport(
                id: id, session: frame.session.id, student: frame.student, capturedAt: capturedAt,
                reading: analysed.reading, model: engine.model, timing: analysed.timing)
            let start = ContinuousClock.now
            store.append(report, received: frame.arrival) { [self] result in
                dashboards.invalidate(frame.session.id)
                let seconds = start.duration(to: .now) / .seconds(1)
                switch result {
                case .success(.stored):
                    metrics.appended("stored", seconds: seconds)
                    done(.success(Stored(report: report, isNew: true)))
                case .success(.replayed(let earlier)):
                    metrics.appended("replayed", seconds: seconds)
                    done(.success(Stored(report: earlier, isNew: false)))
                case .failure(let error):
                    metrics.appended("failed", seconds: seconds)
                    done(.failure(error))
                }
            }
        } catch {
            done(.failure(error))
        }
    }

    func analysed<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as APIError {
            metrics.refusedPicture(error.code)
            throw error
        }
    }

    func checkOpen(_ session: SessionRecord) throws(APIError) {
        if let end = session.endedAt { throw APIError(.sessionEnded, "the session ended at \(end.text)") }
    }

    static let earliestTime = Timestamp(milliseconds: 946_684_800_000)  // 2000-01-01
    static let latestTime = Timestamp(milliseconds: 4_133_980_800_000)  // 2101-01-01

    /// The time of a frame: its arrival where none is given.
    func checked(_ time: Timestamp?, _ frame: Frame) throws(APIError) -> Timestamp {
        guard let time else { return frame.arrival }
        guard (Self.earliestTime..<Self.latestTime).contains(time) else {
            throw APIError(.capturedAtOutOfRange, "captured_at must lie in the years 2000 to 2100")
        }
        guard time <= frame.arrival + options.clockSkew else {
            throw APIError(.capturedAtInFuture, "captured_at lies in the future of the server's \(frame.arrival.text)")
        }
        guard time >= frame.session.startedAt - options.oldestFrame else {
            throw APIError(
                .capturedAtOutOfRange,
                "captured_at lies too long before the session's start \(frame.session.startedAt.text)")
        }
        return time
    }

    static func idempotencyKey(_ head: RequestHead) throws(APIError) -> String? {
        let keys = head.headers.values("Idempotency-Key")
        guard keys.count <= 1, keys.allSatisfy(Text.isIdempotencyKey) else {
            throw APIError(
                .invalidIdempotencyKey, "Idempotency-Key must be one value of 1 to 128 printable ASCII characters")
        }
        return keys.first
    }
}
