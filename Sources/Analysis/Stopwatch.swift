import Concentration

/// Adds up where the time of a frame goes.
struct Stopwatch {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var parts = Timing()

    init() { start = clock.now }

    mutating func time<Result>(_ part: WritableKeyPath<Timing, Double>, _ body: () throws -> Result) rethrows -> Result
    {
        let begin = clock.now
        defer { parts[keyPath: part] += milliseconds(clock.now - begin) }
        return try body()
    }

    /// The parts so far, and the total from the start until now.
    var timing: Timing {
        var timing = parts
        timing.total = milliseconds(clock.now - start)
        return timing
    }

    private func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }
}
