import Concentration

extension TimelineStore {
    /// Removes a student and every row of theirs, and the bytes of these rows from the database file and its log: deleted
    /// cells are overwritten, and the file is rewritten, since splitting a page leaves copies of cells in its free
    /// space that nothing overwrites. Writes wait for the rewriting, reads do not; erasures that wait share one.
    ///
    /// `completion` is called on the writer's thread once that is done, or waits only for a reader of an older snapshot to
    /// end (`Erasure.isInLog`), or at once where it cannot be begun, with `studentNotFound` or `classNotFound` among others.
    public func eraseStudent(
        _ id: String, in classID: String, actor: String, at now: Timestamp,
        completion: @escaping @Sendable (Result<Erasure, StoreError>) -> Void
    ) {
        let remove = { @Sendable (connection: Connection) throws(StoreError) in
            try connection.removeStudent(id, in: classID, actor: actor, at: now)
        }
        writer.submit("erasing a student", remove) { [self] result in
            guard case .success(let erasure) = result else { return completion(result) }
            minutes.forget()
            writer.submit("rewriting the database", alone: true, Self.rewriteIfPending) { result in
                var done = erasure
                // Where it failed, for want of room on the disk, the student is gone but copies may be left.
                if case .success = result { (done.isRewritten, done.isInLog) = (true, self.writer.mustTruncateLog) }
                completion(.success(done))
            }
        }
    }

    /// Rewrites the file where an erasure was cut off before it did: for a start, with no other process beside.
    /// - Returns: whether there was anything to finish.
    public func finishErasures() throws(StoreError) -> Bool {
        try writer.perform("finishing an erasure", alone: true, Self.rewriteIfPending)
    }

    private static let rewriteIfPending = { @Sendable (connection: Connection) throws(StoreError) -> Bool in
        let isPending = try connection.first("SELECT 1 FROM pending WHERE work = 'rewrite'") { _ in true } ?? false
        if isPending { try connection.rewrite() }
        return isPending
    }
}

extension Connection {
    /// Gives the file new pages without the bytes of deleted rows, and crosses that off what is pending.
    func rewrite() throws(StoreError) {
        mustTruncateLog = true
        try execute("VACUUM; DELETE FROM pending WHERE work = 'rewrite'")
    }

    /// The rows of an erasure alone; that the file is to be rewritten is noted with them.
    func removeStudent(
        _ id: String, in classID: String, actor: String, at now: Timestamp
    ) throws(StoreError) -> Erasure {
        let key = try student(id, in: classID).key
        try run(
            """
            UPDATE minutes SET revision = revision + 1
            WHERE session IN (SELECT session FROM attendance WHERE student = ?1)
            """, key)
        func remove(_ table: String) throws(StoreError) -> Int {
            try run("DELETE FROM \(table) WHERE student = ?1", key)
            return changes
        }
        let erasure = Erasure(
            frames: try remove("frames"), rollups: try remove("rollups"), consents: try remove("consents"),
            tokens: try remove("tokens"), isRewritten: false, isInLog: false)
        try run(Self.lostRules, key)
        try run(Self.emptyMinutes, key)
        _ = try remove("attendance")
        try run("DELETE FROM students WHERE key = ?1", key)
        try run("INSERT INTO pending VALUES ('rewrite') ON CONFLICT DO NOTHING")
        try audit(.studentErased, subject: key, actor: actor, at: now, detail: "frames=\(erasure.frames)")
        return erasure
    }

    /// Rules of a student's lessons that gave no score that is left, once the student's frames are gone. Each is usually
    /// found in the first scored frame that is looked at; `attendance` says whose frames to look for.
    private static let lostRules = """
        DELETE FROM session_rules WHERE session IN (SELECT session FROM attendance WHERE student = ?1)
            AND NOT EXISTS (SELECT 1 FROM attendance a
                CROSS JOIN frames f ON f.student = a.student AND f.session = a.session
                WHERE a.session = session_rules.session AND f.score IS NOT NULL AND f.rule = session_rules.rule)
            AND NOT EXISTS (SELECT 1 FROM group_frames g CROSS JOIN group_faces p ON p.frame = g.key
                WHERE g.session = session_rules.session AND p.score IS NOT NULL AND p.rule = session_rules.rule)
        """

    /// Minutes of a student's lessons in which nobody is left.
    private static let emptyMinutes = """
        DELETE FROM minutes WHERE session IN (SELECT session FROM attendance WHERE student = ?1)
            AND NOT EXISTS (SELECT 1 FROM rollups r WHERE r.session = minutes.session
                AND r.start >= minutes.start AND r.start < minutes.start + \(ClassTimeline.step))
            AND NOT EXISTS (SELECT 1 FROM group_frames g WHERE g.session = minutes.session
                AND g.captured_at >= minutes.start AND g.captured_at < minutes.start + \(ClassTimeline.step))
        """
}
