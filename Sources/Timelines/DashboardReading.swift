import Concentration

extension TimelineStore {
    /// The dashboard of a session. Its cost grows with the students and the minutes of the lesson, not with the frames.
    /// - Throws: `sessionNotFound`.
    public func dashboard(session id: String, rule: ScoringRule, at now: Timestamp) throws(StoreError) -> Dashboard {
        let generation = minutes.generation
        return try read("reading a dashboard") { connection throws(StoreError) in
            let session = try connection.session(id)
            let until = min(session.record.endedAt ?? now, now)
            let spark = SparkRange(until: until)
            let minutes = try minutes(
                connection, session: session.key, until: until, recent: spark.start, generation: generation)
            var students: [StudentReading] = []
            var fresh: [Rollup] = []
            for attendance in try connection.attendance(session: session.key, class: session.classKey) {
                let windows = minutes.windows(of: attendance.student, since: spark.start)
                let latest = attendance.isFresh(at: now) ? windows.last : nil
                if let latest { fresh.append(latest) }
                students.append(
                    StudentReading(
                        attendance, windows: windows, latest: latest, spark: spark, rule: rule, session: session.record,
                        until: until))
            }
            var classNow = ClassReading(of: fresh, students: students.count, rule: rule)
            if fresh.isEmpty {
                let since = now - Dashboard.freshness
                classNow.take(try connection.latestGroup(session: session.key, since: since), rule: rule)
            }
            return Dashboard(
                session: session.record, rules: try connection.rules(of: [session.key]), generatedAt: now,
                classNow: classNow,
                timeline: ClassTimeline(minutes, of: session.record, until: until), students: students)
        }
    }

    /// The minutes of a session that its dashboard shows.
    private func minutes(
        _ connection: Connection, session: Int64, until: Timestamp, recent: Timestamp, generation: Int
    ) throws(StoreError) -> [Int64: ClassMinute] {
        let step = ClassTimeline.step
        let earliest = (until - 1).floored(to: step) - step * Int64(ClassTimeline.longest - 1)
        let revisions = try connection.all(
            "SELECT start, revision FROM minutes WHERE session = ?1 AND start >= ?2 ORDER BY start", session, earliest
        ) { row in (start: row.key(0), revision: row.key(1)) }
        return try minutes.minutes(
            session: session, revisions: revisions, recent: recent.floored(to: step).milliseconds,
            generation: generation
        ) { start throws(StoreError) in
            try connection.minute(session: session, start: Timestamp(milliseconds: start))
        }
    }
}

/// The windows of the spark lines.
struct SparkRange {
    /// Of the first window.
    let start: Timestamp

    /// - Parameter until: a moment inside or at the end of the last window.
    init(until: Timestamp) {
        start = (until - 1).floored(to: Rollup.length) - Rollup.length * Int64(Dashboard.sparkCount - 1)
    }

    /// Of the last window.
    var end: Timestamp { start + Rollup.length * Int64(Dashboard.sparkCount) }

    /// Hours from the first window's start to the last one's end.
    static let hours = Double(Int64(Dashboard.sparkCount) * Rollup.length) / 3_600_000

    func means(of windows: [Rollup]) -> [Double?] {
        var means = [Double?](repeating: nil, count: Dashboard.sparkCount)
        for window in windows {
            let index = Int((window.start.milliseconds - start.milliseconds) / Rollup.length)
            if means.indices.contains(index) { means[index] = window.mean }
        }
        return means
    }
}

extension [Int64: ClassMinute] {
    /// A student's windows in order of time, those that start before a moment left out.
    fileprivate func windows(of student: Int64, since start: Timestamp) -> [Rollup] {
        var windows: [Rollup] = []
        windows.reserveCapacity(Dashboard.sparkCount + 6)
        let first = start.floored(to: ClassTimeline.step).milliseconds
        // One minute more: a frame may be captured a little ahead of the server's clock.
        for minute in stride(from: first, through: first + 6 * ClassTimeline.step, by: Int64.Stride(ClassTimeline.step))
        {
            for window in self[minute]?.windows?[student] ?? [] where window.start >= start { windows.append(window) }
        }
        return windows
    }
}

extension ClassTimeline {
    fileprivate init(_ minutes: [Int64: ClassMinute], of session: SessionRecord, until: Timestamp) {
        let first = min(session.startedAt.floored(to: Self.step).milliseconds, minutes.keys.min() ?? .max)
        let last = max((until - 1).floored(to: Self.step).milliseconds, minutes.keys.max() ?? .min)
        start = Timestamp(milliseconds: max(first, last - Self.step * Int64(Self.longest - 1)))
        (median, q1, q3, counted, coverage) = ([], [], [], [], [])
        for minute in stride(from: start.milliseconds, through: last, by: Int64.Stride(Self.step)) {
            median.append(minutes[minute]?.median)
            q1.append(minutes[minute]?.q1)
            q3.append(minutes[minute]?.q3)
            counted.append(minutes[minute]?.counted ?? 0)
            coverage.append(minutes[minute]?.coverage)
        }
    }
}

/// A student of the class and what the session knows of them.
struct Attendance {
    var student: Int64
    var id, displayName: String
    var scoredWindows: Int
    var firstCaptured, lastCaptured: Timestamp?
    var lastStatus: FrameStatus?

    func isFresh(at now: Timestamp) -> Bool {
        lastCaptured.map { now.milliseconds - $0.milliseconds <= Dashboard.freshness } ?? false
    }
}

extension StudentReading {
    init(
        _ attendance: Attendance, windows: [Rollup], latest: Rollup?, spark: SparkRange, rule: ScoringRule,
        session: SessionRecord, until: Timestamp
    ) {
        (id, displayName) = (attendance.id, attendance.displayName)
        (status, lastSeen) = (attendance.lastStatus, attendance.lastCaptured)
        score = latest?.mean
        level = rule.levels.level(of: score)
        expression = latest?.expressions?.strongest
        self.spark = spark.means(of: windows)
        trend = Statistics.trend([windows.filter { $0.start < spark.end }]).map { $0 * SparkRange.hours }
        let from = min(session.startedAt, attendance.firstCaptured ?? session.startedAt)
        let to = max(until, attendance.lastCaptured.map { $0 + 1 } ?? until)
        coverage = Double(attendance.scoredWindows) / Double(Statistics.windowCount(from: from, to: to))
    }
}

extension ClassReading {
    init(of fresh: [Rollup], students: Int, rule: ScoringRule) {
        self.init(students: students, present: fresh.count, groupFaces: 0, level: .unknown)
        setScores(fresh.compactMap(\.mean), rule: rule)
        let received = fresh.reduce(0) { $0 + $1.received }
        if received > 0 { coverage = Double(fresh.reduce(0) { $0 + $1.scored }) / Double(received) }
        expressions = Self.mean(of: fresh.compactMap(\.expressions))
    }

    /// Readings of a group frame, where no student is present.
    mutating func take(_ faces: [FrameReading], rule: ScoringRule) {
        groupFaces = faces.count
        guard !faces.isEmpty else { return }
        let scored = faces.filter { $0.status == .scored }
        setScores(scored.compactMap(\.concentration.score), rule: rule)
        coverage = Double(scored.count) / Double(faces.count)
        expressions = Self.mean(of: scored.compactMap(\.expressions))
    }

    private mutating func setScores(_ scores: [Double], rule: ScoringRule) {
        let sorted = scores.sorted()
        median = Statistics.quantile(0.5, of: sorted)
        q1 = Statistics.quantile(0.25, of: sorted)
        q3 = Statistics.quantile(0.75, of: sorted)
        level = rule.levels.level(of: median)
        counted = scores.count
    }

    private static func mean(of readings: [ExpressionProbabilities]) -> ExpressionProbabilities? {
        guard !readings.isEmpty else { return nil }
        var sums = Array(repeating: 0.0, count: FacialExpression.allCases.count)
        for reading in readings {
            for (index, value) in reading.values.enumerated() { sums[index] += value }
        }
        return ExpressionProbabilities(sums.map { $0 / Double(readings.count) })
    }
}

extension Connection {
    func attendance(session: Int64, class classKey: Int64) throws(StoreError) -> [Attendance] {
        try all(
            """
            SELECT st.key, st.id, st.display_name, a.scored_windows, a.first_captured_at, a.last_captured_at, a.last_status
            FROM students st LEFT JOIN attendance a ON a.session = ?1 AND a.student = st.key
            WHERE st.class = ?2 ORDER BY st.id
            """, session, classKey
        ) { row throws(StoreError) in
            Attendance(
                student: row.key(0), id: row.text(1), displayName: row.text(2), scoredWindows: row.integer(3),
                firstCaptured: row.optional(4, Row.time), lastCaptured: row.optional(5, Row.time),
                lastStatus: row.isNull(6) ? nil : try row.value(6, of: "attendance", "last_status"))
        }
    }

    /// Readings of the latest group frame captured after a moment; none where there is no such frame.
    func latestGroup(session: Int64, since: Timestamp) throws(StoreError) -> [FrameReading] {
        let latest = try first(
            """
            SELECT id FROM group_frames WHERE session = ?1 AND captured_at >= ?2
            ORDER BY captured_at DESC, key DESC LIMIT 1
            """, session, since
        ) { row in row.text(0) }
        guard let latest else { return [] }
        let record = try first("SELECT id FROM sessions WHERE key = ?1", session) { row in row.text(0) }
        return try record.flatMap { id throws(StoreError) in try groupFrame(latest, session: id) }?.faces ?? []
    }

    /// One minute of a class, from the students' windows, or from the group frames where there are none.
    func minute(session: Int64, start: Timestamp) throws(StoreError) -> ClassMinute {
        var windows: [Int64: [Rollup]] = [:]
        try each(
            """
            SELECT start, \(Self.sums.joined(separator: ", ")), student FROM rollups
            WHERE session = ?1 AND start >= ?2 AND start < ?3 ORDER BY start
            """, session, start, start + ClassTimeline.step
        ) { row throws(StoreError) in windows[row.key(14), default: []].append(Self.rollup(row)) }
        guard windows.isEmpty else {
            let sums = windows.values.map { Rollup.merged($0, length: ClassTimeline.step)[0] }
            let scores = sums.compactMap(\.mean)
            return ClassMinute(
                scores: scores, counted: scores.count, scored: sums.reduce(0) { $0 + $1.scored },
                received: sums.reduce(0) { $0 + $1.received }, windows: windows)
        }
        let faces = try all(
            """
            SELECT a.score, g.key FROM group_frames g JOIN group_faces a ON a.frame = g.key
            WHERE g.session = ?1 AND g.captured_at >= ?2 AND g.captured_at < ?3
            """, session, start, start + ClassTimeline.step
        ) { row in (score: row.optional(0, Row.real), frame: row.key(1)) }
        let scored = faces.filter { $0.score != nil }
        let counted = Dictionary(grouping: scored, by: \.frame).values.map(\.count).max() ?? 0
        let scores = scored.compactMap(\.score)
        return ClassMinute(
            scores: scores, counted: counted, scored: scores.count, received: faces.count, windows: [:])
    }
}

extension ClassMinute {
    fileprivate init(scores: [Double], counted: Int, scored: Int, received: Int, windows: [Int64: [Rollup]]) {
        let sorted = scores.sorted()
        median = Statistics.quantile(0.5, of: sorted)
        q1 = Statistics.quantile(0.25, of: sorted)
        q3 = Statistics.quantile(0.75, of: sorted)
        coverage = received > 0 ? Double(scored) / Double(received) : nil
        self.counted = counted
        self.windows = windows
    }
}
