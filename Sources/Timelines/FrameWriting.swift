import Concentration

extension TimelineStore {
    /// Stores a frame with its rollups in one transaction, together with whatever else is waiting.
    ///
    /// Whether the session is open and the student consents is checked inside the transaction: a withdrawal that was
    /// acknowledged earlier wins. A frame id that is known for the same student and session is answered with what is stored, even
    /// when the session has ended since; for another one it fails with `frameConflict`.
    /// - Parameter completion: called once, after the commit, on the writer's thread: it must be short and must not call
    ///   an operation that writes and waits. Errors: `sessionNotFound`, `studentNotFound`, `sessionEnded`,
    ///   `consentRequired`, `frameConflict`, `overloaded`, `closed`, `database`.
    public func append(
        _ report: FrameReport, received: Timestamp,
        completion: @escaping @Sendable (Result<Appended, StoreError>) -> Void
    ) {
        writer.submit(
            "appending a frame",
            { connection throws(StoreError) in
                if let stored = try connection.frame(report.id, session: report.session, student: report.student) {
                    return Appended.replayed(stored)
                }
                let keys = try connection.admission(session: report.session, student: report.student)
                try connection.insert(report, received: received, keys: keys)
                try connection.addToRollups(report.reading, capturedAt: report.capturedAt, keys: keys)
                try connection.noteRules(of: [report.reading], session: keys.session)
                return Appended.stored
            }, completion: completion)
    }

    /// The stored frame with this id, nil where there is none: answers a replay before anything is decoded.
    /// - Throws: `frameConflict` where another student or session has it.
    public func frame(_ id: String, session: String, student: String) throws(StoreError) -> FrameReport? {
        try read("reading a frame") { connection throws(StoreError) in
            try connection.frame(id, session: session, student: student)
        }
    }

    /// Stores the anonymous readings of a picture of several people. `completion` as in `append`. Group frames have frame ids
    /// of their own: the same id may name a student's frame.
    public func appendGroup(
        _ report: GroupFrameReport, received: Timestamp,
        completion: @escaping @Sendable (Result<GroupAppended, StoreError>) -> Void
    ) {
        writer.submit(
            "appending a group frame",
            { connection throws(StoreError) in
                if let stored = try connection.groupFrame(report.id, session: report.session) {
                    return GroupAppended.replayed(stored)
                }
                let session = try connection.openSession(report.session)
                try connection.insert(report, received: received, session: session)
                try connection.touchMinute(of: report.capturedAt, session: session)
                try connection.noteRules(of: report.faces, session: session)
                return GroupAppended.stored
            }, completion: completion)
    }

    /// The stored group frame with this id, nil where there is none.
    /// - Throws: `frameConflict` where another session has it.
    public func groupFrame(_ id: String, session: String) throws(StoreError) -> GroupFrameReport? {
        try read("reading a group frame") { connection throws(StoreError) in
            try connection.groupFrame(id, session: session)
        }
    }
}

/// What became of a group frame given to `appendGroup`.
public enum GroupAppended: Sendable, Hashable {
    case stored
    case replayed(GroupFrameReport)
}

/// Internal keys of a session and a student of its class.
struct FrameKeys {
    var session, student: Int64
}

extension Connection {
    /// - Throws: `sessionNotFound`, `studentNotFound`, `sessionEnded`, `consentRequired`.
    func admission(session: String, student: String) throws(StoreError) -> FrameKeys {
        let found = try first(
            """
            SELECT s.key, s.ended_at IS NOT NULL, st.key,
                (SELECT granted FROM consents WHERE student = st.key ORDER BY key DESC LIMIT 1)
            FROM sessions s LEFT JOIN students st ON st.class = s.class AND st.id = ?2 WHERE s.id = ?1
            """, session, student
        ) { row in (session: row.key(0), ended: row.flag(1), student: row.optional(2, Row.key), granted: row.flag(3)) }
        guard let found else { throw .sessionNotFound(session) }
        guard let key = found.student else { throw .studentNotFound(student) }
        guard !found.ended else { throw .sessionEnded(session) }
        guard found.granted else { throw .consentRequired(student: student) }
        return FrameKeys(session: found.session, student: key)
    }

    /// - Throws: `sessionNotFound`, `sessionEnded`.
    func openSession(_ id: String) throws(StoreError) -> Int64 {
        let found = try session(id)
        guard found.record.endedAt == nil else { throw .sessionEnded(id) }
        return found.key
    }

    /// The key of a model's or rule's name, which is stored once.
    func label(_ text: String) throws(StoreError) -> Int64 {
        let known = try first("SELECT key FROM labels WHERE text = ?1", text) { row in row.key(0) }
        if let known { return known }
        try run("INSERT INTO labels (text) VALUES (?1)", text)
        return lastKey
    }

    /// Which rules gave the session's scores.
    func noteRules(of readings: [FrameReading], session: Int64) throws(StoreError) {
        for rule in Set(readings.filter { $0.concentration.score != nil }.map(\.concentration.rule)) {
            try run("INSERT INTO session_rules VALUES (?1, ?2) ON CONFLICT DO NOTHING", session, try label(rule))
        }
    }

    func rules(of sessions: [Int64]) throws(StoreError) -> [String] {
        var found: Set<String> = []
        for session in sessions {
            found.formUnion(
                try all(
                    "SELECT l.text FROM session_rules s JOIN labels l ON l.key = s.rule WHERE s.session = ?1", session
                ) { row in row.text(0) })
        }
        return found.sorted()
    }

    func insert(_ report: FrameReport, received: Timestamp, keys: FrameKeys) throws(StoreError) {
        let values: [(any SQLValue)?] = [
            report.id, keys.session, keys.student, report.capturedAt, received, try label(report.model),
            report.timing.decode, report.timing.detect, report.timing.classify, report.timing.total,
        ]
        let rule = try label(report.reading.concentration.rule)
        try run(Self.frameInsertion, values: values + ReadingColumns.values(of: report.reading, rule: rule))
    }

    func insert(_ report: GroupFrameReport, received: Timestamp, session: Int64) throws(StoreError) {
        try run(
            """
            INSERT INTO group_frames
                (id, session, captured_at, received_at, model, decode_ms, detect_ms, classify_ms, total_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """, report.id, session, report.capturedAt, received, try label(report.model), report.timing.decode,
            report.timing.detect, report.timing.classify, report.timing.total)
        let frame = lastKey
        for (position, reading) in report.faces.enumerated() {
            let values: [(any SQLValue)?] = [frame, position]
            let rule = try label(reading.concentration.rule)
            try run(Self.groupFaceInsertion, values: values + ReadingColumns.values(of: reading, rule: rule))
        }
    }

    private static let frameInsertion = insertion(
        into: "frames",
        [
            "id", "session", "student", "captured_at", "received_at", "model", "decode_ms", "detect_ms", "classify_ms",
            "total_ms",
        ] + ReadingColumns.names)

    private static let groupFaceInsertion = insertion(
        into: "group_faces", ["frame", "position"] + ReadingColumns.names)

    private static func insertion(into table: String, _ columns: [String]) -> String {
        let marks = repeatElement("?", count: columns.count).joined(separator: ", ")
        return "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks))"
    }
}
