import Concentration
import HTTP
import StrictJSON
import Timelines

/// Pictures of several people: a gallery view or a camera in the classroom. Readings belong to the class, never to a student.
extension Service {
    func postGroupFrame(_ call: Call, _ finish: @escaping @Sendable (Response) -> Void) throws {
        try checkMayPost(call)
        let time = try call.query.time("captured_at")
        let key = try Self.idempotencyKey(call.head)
        let engine = try readyEngine()
        let session = try session(of: call)
        if let key, let stored = try store.groupFrame(key, session: session.id) {
            finish(.json(stored.json))
            return
        }
        try checkOpen(session)
        let frame = Frame(session: session, student: "", cropped: false, arrival: options.now())
        let capturedAt = try checked(time, frame)
        let analysed = try analysed { try engine.withAnalyzer { try $0.group(call.body) } }
        metrics.analysedGroup(analysed.reading.map(\.status), analysed.timing)
        let report = GroupFrameReport(
            id: key ?? randomIdentifier(), session: session.id, capturedAt: capturedAt, faces: analysed.reading,
            model: engine.model, timing: analysed.timing)
        let start = ContinuousClock.now
        store.appendGroup(report, received: frame.arrival) { [self] result in
            dashboards.invalidate(session.id)
            let seconds = start.duration(to: .now) / .seconds(1)
            switch result {
            case .success(.stored):
                metrics.appended("stored", seconds: seconds)
                finish(.json(report.json, status: 201))
            case .success(.replayed(let earlier)):
                metrics.appended("replayed", seconds: seconds)
                finish(.json(earlier.json))
            case .failure(let error):
                metrics.appended("failed", seconds: seconds)
                finish(.error(apiError(error, call.head), requestID: call.head.id))
            }
        }
    }
}

extension GroupFrameReport {
    var json: JSON {
        [
            "frame_id": .string(id), "session": .string(session), "captured_at": .string(capturedAt.text),
            "faces": .array(faces.map { .object($0.members) }), "model": .string(model), "timing_ms": timing.json,
        ]
    }
}
