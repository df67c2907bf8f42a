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
    public func consentHistory(
        of student: String, in classID: String, limit: Int, after cursor: String? = nil
    ) throws(StoreError) -> Page<ConsentRecord> {
        let after = try cursor.map { text throws(StoreError) in try Cursor(text, of: .consents) }?.key ?? 0
        return try read("reading the consent history") { connection throws(StoreError) in
            let rows = try connection.all(
                """
                SELECT key, granted, notice_version, guardian, given_at, recorded_at, actor FROM consents
                WHERE student = ?1 AND key > ?2 ORDER BY key LIMIT ?3
                """, try connection.student(student, in: classID).key, after, limit + 1
            ) { row in (Connection.consent(row, from: 1), Cursor(key: row.key(0))) }
            return Page(rows, limit: limit, of: .consents)
        }
    }
}

extension Connection {
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
