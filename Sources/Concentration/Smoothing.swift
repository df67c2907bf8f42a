import Glibc

/// Exponential smoothing over stored windows that may be missing: a pure function at read time, with no state kept.
///
/// With sᵢ the smoothed and xᵢ the plain mean of the i-th scored window and Δ the time between two windows' starts,
/// `sᵢ = sᵢ₋₁ + (1 − 2^(−Δ/halfLife)) · (xᵢ − sᵢ₋₁)`: the "last point" exponential average of A. Eckner, Algorithms for
/// Unevenly Spaced Time Series (2014), §3. The first window, and the first after a gap, stands as it is.
public struct Smoothing: Sendable, Hashable {
    /// Milliseconds after which a step in the score has been followed half way.
    public var halfLife: Int64
    /// Milliseconds between the starts of two scored windows beyond which the earlier ones are forgotten.
    public var gap: Int64
    public init(halfLife: Int64, gap: Int64) { (self.halfLife, self.gap) = (halfLife, gap) }

    public static let standard = Smoothing(halfLife: 20_000, gap: 60_000)

    /// One smoothed score for each window, in order of time; nil where nothing was scored.
    public func callAsFunction(_ windows: [Rollup]) -> [Double?] {
        var last: (start: Timestamp, value: Double)?
        return windows.map { window in
            guard let mean = window.mean else { return nil }
            var value = mean
            if let last, window.start.milliseconds - last.start.milliseconds <= gap {
                let passed = Double(window.start.milliseconds - last.start.milliseconds) / Double(halfLife)
                value = last.value + (1 - exp2(-passed)) * (mean - last.value)
            }
            last = (window.start, value)
            return value
        }
    }
}
