import Concentration

/// Length of the windows of a timeline.
public enum Resolution: Int64, Sendable, Hashable, CaseIterable {
    case tenSeconds = 10_000
    case minute = 60_000
}

/// What was seen of a student in one window.
public struct TimelineWindow: Sendable, Hashable {
    public var rollup: Rollup
    /// The smoothed score at the window's last scored 10 seconds, the same line at every resolution; nil where
    /// nothing was scored.
    public var smoothed: Double?
    /// Of the window's mean.
    public var level: Level
}

extension TimelineStore {
    /// A student's windows of one session in order of time; windows without frames are left out. Smoothing starts with the
    /// session, so that a window's figures do not depend on `from` or on the page.
    /// - Parameters:
    ///   - from: windows that end after it.
    ///   - to: windows that start before it.
    /// - Throws: `sessionNotFound`, `studentNotFound`, `invalidCursor`.
    public func timeline(
        session: String, student: String, resolution: Resolution, rule: ScoringRule, smoothing: Smoothing = .standard,
        from: Timestamp? = nil, to: Timestamp? = nil, limit: Int, after cursor: String? = nil
    ) throws(StoreError) -> Page<TimelineWindow> {
        let after = try cursor.map { text throws(StoreError) in try Cursor(text, of: .windows) }
        let rollups = try read("reading a timeline") { connection throws(StoreError) in
            let keys = try connection.keys(session: session, student: student)
            return try connection.rollups(session: keys.session, student: keys.student)
        }
        var smoothed: [Int64: Double] = [:]
        for (rollup, value) in zip(rollups, smoothing(rollups)) where value != nil {
            smoothed[rollup.start.floored(to: resolution.rawValue).milliseconds] = value
        }
        let windows = Rollup.merged(rollups, length: resolution.rawValue).filter { window in
            window.start.milliseconds > after?.time ?? .min
                && window.end > from ?? window.start && window.start < to ?? window.end
        }
        let rows = windows.prefix(limit + 1).map { window in
            let entry = TimelineWindow(
                rollup: window, smoothed: smoothed[window.start.milliseconds], level: rule.levels.level(of: window.mean)
            )
            return (element: entry, cursor: Cursor(time: window.start, key: 0))
        }
        return Page(rows, limit: limit, of: .windows)
    }
}

extension Connection {
    /// A student's 10-second windows of one session in order of time. Left alone, SQLite would walk the session's rows
    /// of all students, since these are in order already.
    func rollups(session: Int64, student: Int64) throws(StoreError) -> [Rollup] {
        try all(
            """
            SELECT start, \(Self.sums.joined(separator: ", ")) FROM rollups INDEXED BY rollups_by_student
            WHERE student = ?1 AND session = ?2 ORDER BY start
            """, student, session, read: Self.rollup)
    }
}
