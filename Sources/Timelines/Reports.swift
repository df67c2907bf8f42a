import Concentration

/// A student's report of one session or of all they attended. Docs/Scoring.md defines the figures.
public struct StudentReport: Sendable, Hashable {
    public var classID: String
    public var student: String
    public var displayName: String
    /// Nil in a report across sessions.
    public var session: String?
    /// In order of time; one in the report of a session.
    public var sessions: [SessionFigures]
    /// Start of the first session and end of the last, or now; nil where there is none.
    public var from, to: Timestamp?
    public var received, scored: Int
    /// Mean and quantiles of the scored frames' scores; nil where none was scored.
    public var mean: Double?
    public var quantiles: Quantiles?
    public var level: Level
    /// Seconds, by the 10-second windows' means; `unknown` is the rest of the sessions.
    public var secondsPerLevel: [Level: Int]
    /// Windows with a scored frame / windows of the sessions.
    public var coverage: Double
    /// Mean probabilities of the frames that were read.
    public var expressions: ExpressionProbabilities?
    public var lowEpisodes: [LowEpisode]
    /// Score change per hour within the sessions.
    public var trend: Double?
    /// Ids of the rules that gave the scores of the sessions, in alphabetical order.
    public var rules: [String]

    public struct Quantiles: Sendable, Hashable {
        public var p10, p25, p50, p75, p90: Double
    }

    public struct SessionFigures: Sendable, Hashable {
        public var session: SessionRecord
        public var mean: Double?
        public var coverage: Double
    }
}

extension TimelineStore {
    /// - Throws: `sessionNotFound`, `studentNotFound`.
    public func report(
        session id: String, student: String, rule: ScoringRule, at now: Timestamp
    ) throws(StoreError) -> StudentReport {
        try read("reading a report") { connection throws(StoreError) in
            let session = try connection.session(id)
            let found = try connection.student(student, in: session.record.classID)
            let attended = AttendedSession(
                key: session.key, record: session.record,
                windows: try connection.rollups(session: session.key, student: found.key))
            return StudentReport(
                of: found.record, session: id, sessions: [attended],
                scores: try connection.scores(student: found.key, session: session.key), rule: rule,
                rules: try connection.rules(of: [session.key]), at: now)
        }
    }

    /// Over all sessions of the class in which the student was seen.
    /// - Throws: `classNotFound`, `studentNotFound`.
    public func report(
        class classID: String, student: String, rule: ScoringRule, at now: Timestamp
    ) throws(StoreError) -> StudentReport {
        try read("reading a report") { connection throws(StoreError) in
            let found = try connection.student(student, in: classID)
            let sessions = try connection.all(
                """
                SELECT s.key, s.id, s.title, s.started_at, s.ended_at FROM attendance a JOIN sessions s ON s.key = a.session
                WHERE a.student = ?1 ORDER BY s.started_at, s.key
                """, found.key
            ) { row throws(StoreError) in
                let record = SessionRecord(
                    id: row.text(1), classID: classID, title: row.text(2), startedAt: row.time(3),
                    endedAt: row.optional(4, Row.time))
                return AttendedSession(
                    key: row.key(0), record: record,
                    windows: try connection.rollups(session: row.key(0), student: found.key))
            }
            return StudentReport(
                of: found.record, session: nil, sessions: sessions,
                scores: try connection.scores(student: found.key, session: nil), rule: rule,
                rules: try connection.rules(of: sessions.map(\.key)), at: now)
        }
    }
}

/// A session with the windows of one student.
struct AttendedSession {
    var key: Int64
    var record: SessionRecord
    var windows: [Rollup]

    /// From the session's start to its end or now; windows before or after it widen it.
    func span(at now: Timestamp) -> (from: Timestamp, to: Timestamp) {
        var (from, to) = (record.startedAt, max(record.endedAt ?? now, record.startedAt))
        if let first = windows.first, first.end <= from { from = first.start }
        if let last = windows.last, last.start >= to { to = last.end }
        return (from, to)
    }

    func windowCount(at now: Timestamp) -> Int {
        let span = span(at: now)
        return Statistics.windowCount(from: span.from, to: span.to)
    }

    var scoredWindows: Int { windows.count { $0.scored > 0 } }
}

extension StudentReport {
    /// - Parameter scores: of the scored frames, in any order.
    init(
        of student: StudentRecord, session: String?, sessions: [AttendedSession], scores: [Double], rule: ScoringRule,
        rules: [String], at now: Timestamp
    ) {
        (classID, self.student, displayName) = (student.classID, student.id, student.displayName)
        (self.session, self.rules) = (session, rules)
        var (total, possible) = (Rollup(holding: now), 0)
        var windowsPerLevel: [Level: Int] = [.high: 0, .medium: 0, .low: 0, .unknown: 0]
        (self.sessions, lowEpisodes) = ([], [])
        for attended in sessions {
            var sum = Rollup(holding: now)
            for window in attended.windows {
                sum.merge(window)
                if window.scored > 0 { windowsPerLevel[rule.levels.level(of: window.mean), default: 0] += 1 }
            }
            total.merge(sum)
            let count = attended.windowCount(at: now)
            possible += count
            self.sessions.append(
                SessionFigures(
                    session: attended.record, mean: sum.mean,
                    coverage: Double(attended.scoredWindows) / Double(count)))
            lowEpisodes += LowEpisode.find(in: attended.windows, below: rule.levels.medium)
        }
        let scoredWindows = sessions.reduce(0) { $0 + $1.scoredWindows }
        windowsPerLevel[.unknown] = possible - scoredWindows
        secondsPerLevel = windowsPerLevel.mapValues { $0 * Int(Rollup.length / 1000) }
        from = sessions.map { $0.span(at: now).from }.min()
        to = sessions.map { $0.span(at: now).to }.max()
        (received, scored, mean, expressions) = (total.received, total.scored, total.mean, total.expressions)
        quantiles = Quantiles(scores)
        level = rule.levels.level(of: total.mean)
        coverage = possible > 0 ? Double(scoredWindows) / Double(possible) : 0
        trend = Statistics.trend(sessions.map(\.windows))
    }
}

extension StudentReport.Quantiles {
    /// Nil where there are no values.
    init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let p10 = Statistics.quantile(0.10, of: sorted), let p25 = Statistics.quantile(0.25, of: sorted),
            let p50 = Statistics.quantile(0.50, of: sorted), let p75 = Statistics.quantile(0.75, of: sorted),
            let p90 = Statistics.quantile(0.90, of: sorted)
        else { return nil }
        self.init(p10: p10, p25: p25, p50: p50, p75: p75, p90: p90)
    }
}

extension Connection {
    /// Scores of a student's scored frames, read from an index alone.
    func scores(student: Int64, session: Int64?) throws(StoreError) -> [Double] {
        if let session {
            return try all(
                "SELECT score FROM frames WHERE student = ?1 AND session = ?2 AND score IS NOT NULL", student, session
            ) { row in row.real(0) }
        }
        return try all("SELECT score FROM frames WHERE student = ?1 AND score IS NOT NULL", student) { row in
            row.real(0)
        }
    }
}
