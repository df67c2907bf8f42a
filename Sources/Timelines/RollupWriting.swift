import Concentration

extension Connection {
    /// Adds one frame to what follows from the frames: its 10-second window, the student's attendance, the class's minute.
    func addToRollups(_ reading: FrameReading, capturedAt: Timestamp, keys: FrameKeys) throws(StoreError) {
        var rollup = Rollup(holding: capturedAt)
        rollup.add(reading)
        let scoredInWindow = try first(
            Self.rollupUpsert,
            values: [
                keys.session, rollup.start, keys.student, rollup.scored, rollup.scoreSum, rollup.noFace,
                rollup.severalFaces, rollup.lowQuality, rollup.read,
            ] + FacialExpression.allCases.map { rollup.expressionSums[$0.index] as any SQLValue }
        ) { row in row.integer(0) }
        let opensWindow = rollup.scored == 1 && scoredInWindow == 1
        try run(
            """
            INSERT INTO attendance VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?6, ?7)
            ON CONFLICT DO UPDATE SET received = received + 1, scored = scored + excluded.scored,
                score_sum = score_sum + excluded.score_sum, scored_windows = scored_windows + excluded.scored_windows,
                first_captured_at = min(first_captured_at, excluded.first_captured_at),
                last_status = iif(excluded.last_captured_at >= last_captured_at, excluded.last_status, last_status),
                last_captured_at = max(last_captured_at, excluded.last_captured_at)
            """, keys.session, keys.student, rollup.scored, rollup.scoreSum, opensWindow, capturedAt,
            reading.status.rawValue)
        try touchMinute(of: capturedAt, session: keys.session)
    }

    /// Tells the readers' cache that a minute of the class has changed.
    func touchMinute(of moment: Timestamp, session: Int64) throws(StoreError) {
        try run(
            "INSERT INTO minutes VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET revision = revision + 1", session,
            moment.floored(to: ClassTimeline.step))
    }

    private static let rollupUpsert = """
        INSERT INTO rollups VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
        ON CONFLICT DO UPDATE SET \(sums.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", "))
        RETURNING scored
        """

    /// Columns of `rollups` after its key.
    static let sums =
        ["scored", "score_sum", "no_face", "several_faces", "low_quality", "read"]
        + FacialExpression.allCases.map(\.rawValue)

    /// A window from `start` and the columns of `sums`.
    static func rollup(_ row: Row) -> Rollup {
        var rollup = Rollup(start: row.time(0), end: row.time(0) + Rollup.length)
        rollup.scored = row.integer(1)
        rollup.scoreSum = row.real(2)
        rollup.noFace = row.integer(3)
        rollup.severalFaces = row.integer(4)
        rollup.lowQuality = row.integer(5)
        rollup.read = row.integer(6)
        for index in 0..<7 { rollup.expressionSums[index] = row.real(7 + Int32(index)) }
        return rollup
    }

    /// Empties the derived tables and fills them from the frames, in the order in which these were stored: the sums are
    /// then the same to the last bit.
    /// - Returns: the number of frames.
    @discardableResult
    func rebuildRollups() throws(StoreError) -> Int {
        try execute("DELETE FROM rollups; DELETE FROM attendance; DELETE FROM minutes")
        var frames = 0
        try each("\(Self.rebuildQuery) ORDER BY f.key") { row throws(StoreError) in
            let reading = try ReadingColumns.reading(row, from: 3, table: "frames")
            try addToRollups(
                reading, capturedAt: row.time(2), keys: FrameKeys(session: row.key(0), student: row.key(1)))
            frames += 1
        }
        try each("SELECT session, captured_at FROM group_frames") { row throws(StoreError) in
            try touchMinute(of: row.time(1), session: row.key(0))
        }
        return frames
    }

    private static let rebuildQuery = """
        SELECT f.session, f.student, f.captured_at, \(readingColumns(of: "f"))
        FROM frames f JOIN labels r ON r.key = f.rule
        """
}
