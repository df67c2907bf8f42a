import Concentration

extension TimelineStore {
    /// - Throws: `classExists`.
    public func createClass(_ id: String, name: String, at now: Timestamp) throws(StoreError) -> ClassRecord {
        try write("creating a class") { connection throws(StoreError) in
            try connection.run(
                "INSERT INTO classes (id, name, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", id, name, now)
            guard connection.changes == 1 else { throw .classExists(id) }
            return ClassRecord(id: id, name: name, createdAt: now)
        }
    }

    /// - Throws: `classNotFound`.
    public func classRecord(_ id: String) throws(StoreError) -> ClassRecord {
        try read("reading a class") { connection throws(StoreError) in
            let found = try connection.first("SELECT id, name, created_at FROM classes WHERE id = ?1", id) { row in
                ClassRecord(id: row.text(0), name: row.text(1), createdAt: row.time(2))
            }
            guard let found else { throw .classNotFound(id) }
            return found
        }
    }

    /// In the order of their creation.
    public func classes(limit: Int, after cursor: String? = nil) throws(StoreError) -> Page<ClassRecord> {
        let after = try cursor.map { text throws(StoreError) in try Cursor(text, of: .classes) }?.key ?? 0
        return try read("listing classes") { connection throws(StoreError) in
            let rows = try connection.all(
                "SELECT key, id, name, created_at FROM classes WHERE key > ?1 ORDER BY key LIMIT ?2", after, limit + 1
            ) { row in
                (ClassRecord(id: row.text(1), name: row.text(2), createdAt: row.time(3)), Cursor(key: row.key(0)))
            }
            return Page(rows, limit: limit, of: .classes)
        }
    }

    /// - Throws: `sessionExists`, `classNotFound`.
    public func createSession(
        _ id: String, in classID: String, title: String, at now: Timestamp
    ) throws(StoreError) -> SessionRecord {
        try write("creating a session") { connection throws(StoreError) in
            try connection.run(
                """
                INSERT INTO sessions (id, class, title, started_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING
                """, id, try connection.classKey(classID), title, now)
            guard connection.changes == 1 else { throw .sessionExists(id) }
            return SessionRecord(id: id, classID: classID, title: title, startedAt: now, endedAt: nil)
        }
    }

    /// - Throws: `sessionNotFound`.
    public func session(_ id: String) throws(StoreError) -> SessionRecord {
        try read("reading a session") { connection throws(StoreError) in try connection.session(id).record }
    }

    /// Newest first.
    public func sessions(
        in classID: String, limit: Int, after cursor: String? = nil
    ) throws(StoreError) -> Page<SessionRecord> {
        let after = try cursor.map { text throws(StoreError) in try Cursor(text, of: .sessions) }
        return try read("listing sessions") { connection throws(StoreError) in
            let rows = try connection.all(
                """
                SELECT key, id, title, started_at, ended_at FROM sessions
                WHERE class = ?1 AND (started_at, key) < (?2, ?3) ORDER BY started_at DESC, key DESC LIMIT ?4
                """, try connection.classKey(classID), after?.time ?? .max, after?.key ?? .max, limit + 1
            ) { row in
                let record = SessionRecord(
                    id: row.text(1), classID: classID, title: row.text(2), startedAt: row.time(3),
                    endedAt: row.optional(4, Row.time))
                return (record, Cursor(time: record.startedAt, key: row.key(0)))
            }
            return Page(rows, limit: limit, of: .sessions)
        }
    }

    /// Ends a session; one that has ended stays as it is.
    /// - Throws: `sessionNotFound`.
    public func endSession(_ id: String, at now: Timestamp) throws(StoreError) -> SessionRecord {
        try write("ending a session") { connection throws(StoreError) in
            try connection.run("UPDATE sessions SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL", id, now)
            return try connection.session(id).record
        }
    }
}

extension Connection {
    /// - Throws: `classNotFound`.
    func classKey(_ id: String) throws(StoreError) -> Int64 {
        let key = try first("SELECT key FROM classes WHERE id = ?1", id) { row in row.key(0) }
        guard let key else { throw .classNotFound(id) }
        return key
    }

    /// A session with its own and its class's internal keys.
    /// - Throws: `sessionNotFound`.
    func session(_ id: String) throws(StoreError) -> (key: Int64, classKey: Int64, record: SessionRecord) {
        let found = try first(
            """
            SELECT s.key, s.class, c.id, s.title, s.started_at, s.ended_at
            FROM sessions s JOIN classes c ON c.key = s.class WHERE s.id = ?1
            """, id
        ) { row in
            let record = SessionRecord(
                id: id, classID: row.text(2), title: row.text(3), startedAt: row.time(4),
                endedAt: row.optional(5, Row.time))
            return (key: row.key(0), classKey: row.key(1), record: record)
        }
        guard let found else { throw .sessionNotFound(id) }
        return found
    }
}
