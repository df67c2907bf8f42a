import Concentration

extension TimelineStore {
    /// Creates a student or changes their name, and records consent if given.
    /// - Throws: `classNotFound`.
    public func putStudent(
        _ id: String, in classID: String, displayName: String, consent: Consent? = nil, actor: String,
        at now: Timestamp
    ) throws(StoreError) -> (student: StudentRecord, isNew: Bool) {
        try write("storing a student") { connection throws(StoreError) in
            let classKey = try connection.classKey(classID)
            try connection.run(
                "UPDATE students SET display_name = ?3 WHERE class = ?1 AND id = ?2", classKey, id, displayName)
            let isNew = connection.changes == 0
            if isNew {
                try connection.run(
                    "INSERT INTO students (class, id, display_name, created_at) VALUES (?1, ?2, ?3, ?4)", classKey, id,
                    displayName, now)
            }
            if let consent { try connection.record(consent, of: id, in: classID, actor: actor, at: now) }
            return (try connection.student(id, in: classID).record, isNew)
        }
    }

    /// - Throws: `studentNotFound`, `classNotFound`.
    public func student(_ id: String, in classID: String) throws(StoreError) -> StudentRecord {
        try read("reading a student") { connection throws(StoreError) in
            try connection.student(id, in: classID).record
        }
    }

    /// In the order in which they were added.
    public func students(
        in classID: String, limit: Int, after cursor: String? = nil
    ) throws(StoreError) -> Page<StudentRecord> {
        let after = try cursor.map { text throws(StoreError) in try Cursor(text, of: .students) }?.key ?? 0
        return try read("listing students") { connection throws(StoreError) in
            let rows = try connection.all(
                Connection.studentQuery + " WHERE st.class = ?1 AND st.key > ?2 ORDER BY st.key LIMIT ?3",
                try connection.classKey(classID), after, limit + 1
            ) { row in (Connection.student(row, classID: classID), Cursor(key: row.key(0))) }
            return Page(rows, limit: limit, of: .students)
        }
    }

    /// Adds to the history of a student's consent.
    /// - Throws: `studentNotFound`, `classNotFound`.
    public func recordConsent(
        _ consent: Consent, of student: String, in classID: String, actor: String, at now: Timestamp
    ) throws(StoreError) -> StudentRecord {
        try write("recording consent") { connection throws(StoreError) in
            try connection.record(consent, of: student, in: classID, actor: actor, at: now)
            return try connection.student(student, in: classID).record
        }
    }

    /// Oldest first.
    /// - Throws: `studentNotFound`, `classNotFound`.
    public func consentHistory(of student: String, in classID: String) throws(StoreError) -> [ConsentRecord] {
        try read("reading the consent history") { connection throws(StoreError) in
            try connection.all(
                """
                SELECT granted, notice_version, guardian, given_at, recorded_at, actor FROM consents
                WHERE student = ?1 ORDER BY key
                """, try connection.student(student, in: classID).key
            ) { row in Connection.consent(row, from: 0) }
        }
    }

    /// Removes a student and every row of theirs, and the bytes of these rows from the database file and its log: deleted
    /// cells are overwritten, and the file is rewritten, since splitting a page leaves copies of cells in its free
    /// space that nothing overwrites. Writes wait for the rewriting, reads do not.
    /// - Throws: `studentNotFound`, `classNotFound`.
    public func eraseStudent(
        _ id: String, in classID: String, actor: String, at now: Timestamp
    ) throws(StoreError) -> Erasure {
        var erasure = try removeStudent(id, in: classID, actor: actor, at: now)
        minutes.forget()
        do throws(StoreError) {
            try rewrite()
            erasure.isRewritten = true
        } catch {
            // The student is gone; that copies may be left, for want of room on the disk, is what the result says.
        }
        return erasure
    }

    /// Rewrites the file where an erasure was cut off before it did: for a start, with no other process beside.
    /// - Returns: whether there was anything to finish.
    public func finishErasures() throws(StoreError) -> Bool {
        let isPending = try read("looking for unfinished erasures") { connection throws(StoreError) in
            try connection.first("SELECT 1 FROM pending WHERE work = 'rewrite'") { row in row.flag(0) } ?? false
        }
        if isPending { try rewrite() }
        return isPending
    }

    private func rewrite() throws(StoreError) {
        try writer.perform("rewriting the database", alone: true) { connection throws(StoreError) in
            try connection.rewrite()
        }
    }

    /// The rows of an erasure alone; that the file is to be rewritten is noted with them.
    func removeStudent(
        _ id: String, in classID: String, actor: String, at now: Timestamp
    ) throws(StoreError) -> Erasure {
        try write("erasing a student") { connection throws(StoreError) in
            let key = try connection.student(id, in: classID).key
            try connection.run(
                """
                UPDATE minutes SET revision = revision + 1
                WHERE session IN (SELECT session FROM attendance WHERE student = ?1)
                """, key)
            func remove(_ table: String) throws(StoreError) -> Int {
                try connection.run("DELETE FROM \(table) WHERE student = ?1", key)
                return connection.changes
            }
            let erasure = Erasure(
                frames: try remove("frames"), rollups: try remove("rollups"), consents: try remove("consents"),
                tokens: try remove("tokens"), isRewritten: false)
            try connection.run(Self.emptyMinutes, key)
            _ = try remove("attendance")
            try connection.run("DELETE FROM students WHERE key = ?1", key)
            try connection.run("INSERT INTO pending VALUES ('rewrite') ON CONFLICT DO NOTHING")
            try connection.audit(
                .studentErased, subject: key, actor: actor, at: now, detail: "frames=\(erasure.frames)")
            return erasure
        }
    }

    /// Minutes of a student's lessons in which nobody is left.
    private static let emptyMinutes = """
        DELETE FROM minutes WHERE session IN (SELECT session FROM attendance WHERE student = ?1)
            AND NOT EXISTS (SELECT 1 FROM rollups r WHERE r.session = minutes.session
                AND r.start >= minutes.start AND r.start < minutes.start + \(ClassTimeline.step))
            AND NOT EXISTS (SELECT 1 FROM group_frames g WHERE g.session = minutes.session
                AND g.captured_at >= minutes.start AND g.captured_at < minutes.start + \(ClassTimeline.step))
        """
}

extension Connection {
    /// Gives the file new pages without the bytes of deleted rows, and crosses that off what is pending.
    func rewrite() throws(StoreError) {
        hasErased = true
        try execute("VACUUM; DELETE FROM pending WHERE work = 'rewrite'")
    }

    static let studentQuery = """
        SELECT st.key, st.id, st.display_name, st.created_at,
            co.granted, co.notice_version, co.guardian, co.given_at, co.recorded_at, co.actor
        FROM students st
        LEFT JOIN consents co ON co.key = (SELECT max(key) FROM consents WHERE student = st.key)
        """

    static func student(_ row: Row, classID: String) -> StudentRecord {
        StudentRecord(
            id: row.text(1), classID: classID, displayName: row.text(2),
            consent: row.isNull(4) ? nil : consent(row, from: 4), createdAt: row.time(3))
    }

    static func consent(_ row: Row, from column: Int32) -> ConsentRecord {
        ConsentRecord(
            consent: Consent(
                granted: row.flag(column), noticeVersion: row.text(column + 1), guardian: row.flag(column + 2),
                time: row.time(column + 3)),
            recordedAt: row.time(column + 4), actor: row.text(column + 5))
    }

    /// - Throws: `studentNotFound`, `classNotFound`.
    func student(_ id: String, in classID: String) throws(StoreError) -> (key: Int64, record: StudentRecord) {
        let found = try first(
            Self.studentQuery + " WHERE st.class = ?1 AND st.id = ?2", try classKey(classID), id
        ) { row in (key: row.key(0), record: Self.student(row, classID: classID)) }
        guard let found else { throw .studentNotFound(id) }
        return found
    }

    func record(
        _ consent: Consent, of id: String, in classID: String, actor: String, at now: Timestamp
    ) throws(StoreError) {
        let key = try student(id, in: classID).key
        try run(
            """
            INSERT INTO consents (student, granted, notice_version, guardian, given_at, recorded_at, actor)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """, key, consent.granted, consent.noticeVersion, consent.guardian, consent.time, now, actor)
        try audit(
            consent.granted ? .consentGranted : .consentWithdrawn, subject: key, actor: actor, at: now, detail: "")
    }
}
