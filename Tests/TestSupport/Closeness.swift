/// How far numbers are from what they should be; NaN is far from every number.
public enum Closeness {
    /// The largest |actual − expected| / max(1, |expected|), infinite where the counts differ or only one is NaN,
    /// and where infinities differ.
    public static func difference(_ actual: [Float], _ expected: [Float]) -> Double {
        guard actual.count == expected.count else { return .infinity }
        var largest = 0.0
        for (a, e) in zip(actual, expected) {
            if a == e || (a.isNaN && e.isNaN) { continue }
            let difference = abs(Double(a) - Double(e)) / max(1, abs(Double(e)))
            guard difference.isFinite else { return .infinity }
            largest = max(largest, difference)
        }
        return largest
    }

    /// Numbers between -1 and 1 by a fixed generator, other ones for other seeds.
    public static func noise(_ count: Int, seed: UInt64 = 1) -> [Float] {
        var random = FixedRandom(seed: seed)
        return (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers in every run.
public struct FixedRandom: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
