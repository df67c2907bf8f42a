/// Figures of reports and dashboards. Docs/Scoring.md defines them.
public enum Statistics {
    /// Definition 7 of Hyndman & Fan, Sample Quantiles in Statistical Packages (1996): straight between the order
    /// statistics around `(n − 1) · p`. What R's `quantile` and NumPy's `percentile` do unless told otherwise.
    /// - Parameters:
    ///   - p: 0…1.
    ///   - sorted: ascending. Nil where it is empty.
    public static func quantile(_ p: Double, of sorted: [Double]) -> Double? {
        guard let last = sorted.last else { return nil }
        let position = Double(sorted.count - 1) * min(max(p, 0), 1)
        let below = Int(position)
        guard below + 1 < sorted.count else { return last }
        return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
    }

    /// Least squares slope of the scored windows' means over the windows' starts, in score per hour; of several
    /// sessions the common slope within them. Nil with fewer than `minimum` scored windows: a line through two
    /// neighbours says nothing about an hour.
    public static func trend(_ sessions: [[Rollup]], minimum: Int = 6) -> Double? {
        var (count, covariance, variance) = (0, 0.0, 0.0)
        for windows in sessions {
            let points = windows.compactMap { window in window.mean.map { (time: window.start.milliseconds, score: $0) }
            }
            guard let first = points.first else { continue }
            let hours = points.map { Double($0.time - first.time) / 3_600_000 }
            let (meanHour, meanScore) = (mean(hours), mean(points.map(\.score)))
            count += points.count
            for (hour, point) in zip(hours, points) {
                covariance += (hour - meanHour) * (point.score - meanScore)
                variance += (hour - meanHour) * (hour - meanHour)
            }
        }
        return count >= minimum && variance > 0 ? covariance / variance : nil
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// Aligned windows of `Rollup.length` that a stretch of time touches; at least one.
    public static func windowCount(from start: Timestamp, to end: Timestamp) -> Int {
        let first = start.floored(to: Rollup.length).milliseconds
        let last = max(first, (end - 1).floored(to: Rollup.length).milliseconds)
        return Int((last - first) / Rollup.length) + 1
    }
}

/// A stretch of scored windows that are all below the threshold of `medium`.
public struct LowEpisode: Sendable, Hashable {
    public var start, end: Timestamp
    /// Mean score of its scored frames.
    public var mean: Double
    public init(start: Timestamp, end: Timestamp, mean: Double) {
        (self.start, self.end, self.mean) = (start, end, mean)
    }

    /// Windows without a score may lie inside as long as no two scored ones are further apart than this.
    public static let longestGap: Int64 = 30_000
    /// Shorter ones are not reported.
    public static let shortest: Int64 = 30_000

    /// Every maximal episode in windows ordered by time.
    public static func find(in windows: some Sequence<Rollup>, below threshold: Double) -> [LowEpisode] {
        var found: [LowEpisode] = []
        var open: Rollup?
        func close() {
            if let open, let mean = open.mean, open.end.milliseconds - open.start.milliseconds >= shortest {
                found.append(LowEpisode(start: open.start, end: open.end, mean: mean))
            }
            open = nil
        }
        for window in windows {
            guard let mean = window.mean else { continue }
            if let last = open?.end, window.start.milliseconds - last.milliseconds > longestGap { close() }
            guard mean < threshold else {
                close()
                continue
            }
            if open == nil { open = Rollup(start: window.start, end: window.end) }
            open?.merge(window)
            open?.end = window.end
        }
        close()
        return found
    }
}
