import Concentration

extension TimelineStore {
    /// A student's frames of one session in the order of `captured_at`, from `from` to before `to`.
    /// - Throws: `sessionNotFound`, `studentNotFound`, `invalidCursor`.
    public func frames(
        session: String, student: String, from: Timestamp? = nil, to: Timestamp? = nil, limit: Int,
        after cursor: String? = nil
    ) throws(StoreError) -> Page<FrameReport> {
        let after = try cursor.map { text throws(StoreError) in try Cursor(text, of: .frames) }
        return try read("reading frames") { connection throws(StoreError) in
            let keys = try connection.keys(session: session, student: student)
            let rows = try connection.all(
                Connection.frameQuery + """
                     WHERE f.student = ?1 AND f.session = ?2 AND f.captured_at >= ?3 AND f.captured_at < ?4
                        AND (f.captured_at, f.key) > (?5, ?6)
                    ORDER BY f.captured_at, f.key LIMIT ?7
                    """, keys.student, keys.session, from?.milliseconds ?? .min, to?.milliseconds ?? .max,
                after?.time ?? .min, after?.key ?? .min, limit + 1
            ) { row throws(StoreError) in
                let report = try Connection.frame(row, session: session, student: student)
                return (report, Cursor(time: report.capturedAt, key: row.key(0)))
            }
            return Page(rows, limit: limit, of: .frames)
        }
    }
}

extension Connection {
    /// Keys of a session and a student of its class, whether or not frames are taken.
    /// - Throws: `sessionNotFound`, `studentNotFound`.
    func keys(session: String, student: String) throws(StoreError) -> FrameKeys {
        let found = try self.session(session)
        let key = try first("SELECT key FROM students WHERE class = ?1 AND id = ?2", found.classKey, student) { row in
            row.key(0)
        }
        guard let key else { throw .studentNotFound(student) }
        return FrameKeys(session: found.key, student: key)
    }

    static let frameQuery = """
        SELECT f.key, f.id, f.captured_at, m.text, f.decode_ms, f.detect_ms, f.classify_ms, f.total_ms,
            \(readingColumns(of: "f"))
        FROM frames f JOIN labels m ON m.key = f.model JOIN labels r ON r.key = f.rule
        """

    /// Those of `ReadingColumns`, with the rule's text as `r.text`.
    static func readingColumns(of table: String) -> String {
        ReadingColumns.names.map { $0 == "rule" ? "r.text" : "\(table).\($0)" }.joined(separator: ", ")
    }

    static func frame(_ row: Row, session: String, student: String) throws(StoreError) -> FrameReport {
        FrameReport(
            id: row.text(1), session: session, student: student, capturedAt: row.time(2),
            reading: try ReadingColumns.reading(row, from: 8, table: "frames"), model: row.text(3),
            timing: timing(row, from: 4))
    }

    private static func timing(_ row: Row, from first: Int32) -> Timing {
        Timing(
            decode: row.real(first), detect: row.real(first + 1), classify: row.real(first + 2),
            total: row.real(first + 3))
    }

    /// - Throws: `frameConflict` where another student or session has the id.
    func frame(_ id: String, session: String, student: String) throws(StoreError) -> FrameReport? {
        let owner = try first(
            """
            SELECT s.id, st.id FROM frames f JOIN sessions s ON s.key = f.session JOIN students st ON st.key = f.student
            WHERE f.id = ?1
            """, id
        ) { row in (session: row.text(0), student: row.text(1)) }
        guard let owner else { return nil }
        guard owner == (session, student) else { throw .frameConflict(id) }
        return try first(Self.frameQuery + " WHERE f.id = ?1", id) { row throws(StoreError) in
            try Self.frame(row, session: session, student: student)
        }
    }

    /// - Throws: `frameConflict` where another session has the id.
    func groupFrame(_ id: String, session: String) throws(StoreError) -> GroupFrameReport? {
        let found = try first(
            """
            SELECT g.key, s.id, g.captured_at, m.text, g.decode_ms, g.detect_ms, g.classify_ms, g.total_ms
            FROM group_frames g JOIN sessions s ON s.key = g.session JOIN labels m ON m.key = g.model WHERE g.id = ?1
            """, id
        ) { row in
            let report = GroupFrameReport(
                id: id, session: row.text(1), capturedAt: row.time(2), faces: [], model: row.text(3),
                timing: Self.timing(row, from: 4))
            return (key: row.key(0), report: report)
        }
        guard let found else { return nil }
        guard found.report.session == session else { throw .frameConflict(id) }
        var report = found.report
        report.faces = try all(Self.groupFaceQuery, found.key) { row throws(StoreError) in
            try ReadingColumns.reading(row, from: 0, table: "group_faces")
        }
        return report
    }

    private static let groupFaceQuery = """
        SELECT \(readingColumns(of: "g")) FROM group_faces g JOIN labels r ON r.key = g.rule
        WHERE g.frame = ?1 ORDER BY g.position
        """
}
