import Concentration
import Testing

/// Ten-second windows by their offset in seconds, each with one frame of the given score; nil is a frame without a face.
private func windows(_ scores: [(second: Int, score: Double?)]) -> [Rollup] {
    scores.map { second, score in
        var rollup = Rollup(holding: Timestamp(milliseconds: Int64(second) * 1000))
        let gates = Gates(presence: score ?? 0, quality: 1)
        rollup.add(
            FrameReading(
                status: score == nil ? .noFace : .scored, reasons: [], face: nil, expressions: nil,
                concentration: score == nil
                    ? ScoringRule.presence.unknown() : ScoringRule.presence.score(nil, gates: gates)))
        return rollup
    }
}

private func windows(every seconds: Int, _ scores: [Double?]) -> [Rollup] {
    windows(scores.enumerated().map { ($0.offset * seconds, $0.element) })
}

@Suite struct StatisticsTests {
    /// Values of R's `quantile(x, p, type = 7)`.
    @Test(arguments: [
        ([1.0, 2, 3, 4], 0.25, 1.75), ([1, 2, 3, 4], 0.5, 2.5), ([1, 2, 3, 4], 0.9, 3.7), ([5], 0.1, 5), ([5], 1, 5),
        ([1, 10], 0, 1), ([1, 10], 1, 10), ([1, 10], 0.1, 1.9), ([0.2, 0.4, 0.4, 0.9, 1], 0.75, 0.9),
    ])
    func quantilesAreTypeSeven(values: [Double], p: Double, expected: Double) {
        let found = Statistics.quantile(p, of: values) ?? .nan
        #expect(abs(found - expected) < 1e-12, "\(values) \(p) \(found)")
    }

    @Test func thereIsNoQuantileOfNothing() { #expect(Statistics.quantile(0.5, of: []) == nil) }

    @Test func theTrendIsTheSlopePerHour() {
        // 0.01 a window of 10 s is 3.6 an hour; a window without a score does not count.
        let rising = windows(every: 10, [0.1, 0.11, nil, 0.13, 0.14, 0.15, 0.16])
        #expect(abs((Statistics.trend([rising]) ?? .nan) - 3.6) < 1e-9)
        #expect(Statistics.trend([windows(every: 10, [0.1, 0.11, 0.12, 0.13, 0.14])]) == nil, "five are too few")
        #expect(Statistics.trend([windows(every: 10, Array(repeating: 0.5, count: 6))]) == 0)
        // Between two lessons the level drops, within each it rises.
        let later = windows(every: 10, [0.01, 0.02, 0.03, 0.04]).map { window in
            var moved = window
            (moved.start, moved.end) = (window.start + 86_400_000, window.end + 86_400_000)
            return moved
        }
        #expect(abs((Statistics.trend([rising, later]) ?? .nan) - 3.6) < 1e-9)
    }

    @Test func smoothingFollowsAStepHalfWayInAHalfLife() {
        let smoothing = Smoothing(halfLife: 20_000, gap: 60_000)
        let smoothed = smoothing(windows([(0, 0), (20, 1), (40, 1), (50, nil), (60, 1)]))
        for (value, expected) in zip(smoothed, [0, 0.5, 0.75, nil, 0.875]) {
            #expect(value == nil ? expected == nil : abs(value! - (expected ?? .nan)) < 1e-12, "\(smoothed)")
        }
    }

    @Test func smoothingForgetsAcrossAGap() {
        let smoothing = Smoothing(halfLife: 20_000, gap: 60_000)
        #expect(smoothing(windows([(0, 0.2), (70, 1)])) == [0.2, 1])
        #expect(smoothing(windows([(0, 0.2), (30, nil), (70, 1)])) == [0.2, nil, 1])
        #expect(smoothing([]) == [])
    }

    @Test func lowEpisodesAreMaximalAndLongEnough() {
        func episodes(_ scores: [(second: Int, score: Double?)]) -> [[Int64]] {
            LowEpisode.find(in: windows(scores), below: 0.45).map {
                [$0.start.milliseconds / 1000, $0.end.milliseconds / 1000]
            }
        }
        #expect(episodes([(0, 0.1), (10, 0.2)]) == [], "twenty seconds are too short")
        #expect(episodes([(0, 0.1), (10, 0.2), (20, 0.3), (30, 0.9), (40, 0.1)]) == [[0, 30]])
        #expect(episodes([(0, 0.9), (10, 0.45), (20, 0.3), (30, 0.2), (40, 0.1)]) == [[20, 50]])
        #expect(
            episodes([(0, 0.1), (10, nil), (40, 0.1), (50, 0.1)]) == [[0, 60]], "30 s without a score are bridged")
        #expect(episodes([(0, 0.1), (10, 0.1), (20, 0.1), (61, 0.1), (70, 0.1), (80, 0.1)]) == [[0, 90]])
        #expect(episodes([(0, 0.1), (10, 0.1), (20, 0.1), (70, 0.1), (80, 0.1), (90, 0.1)]) == [[0, 30], [70, 100]])
        let mean = LowEpisode.find(in: windows(every: 10, [0.1, 0.2, 0.3]), below: 0.45).first?.mean ?? .nan
        #expect(abs(mean - 0.2) < 1e-12)
    }

    @Test func windowsOfASpanAreThoseItTouches() {
        for (start, end, count) in [
            (0, 0, 1), (0, 10_000, 1), (0, 10_001, 2), (9_999, 10_001, 2), (3_000, 60_000, 6), (5_000, 4_000, 1),
        ] {
            let found = Statistics.windowCount(
                from: Timestamp(milliseconds: Int64(start)), to: Timestamp(milliseconds: Int64(end)))
            #expect(found == count, "\(start) \(end)")
        }
    }

    @Test func minutesAreTheSumsOfTheirWindows() {
        let merged = Rollup.merged(windows([(0, 0.2), (50, 0.4), (60, nil), (200, 1)]), length: 60_000)
        #expect(merged.map { $0.start.milliseconds } == [0, 60_000, 180_000])
        #expect(merged.map(\.received) == [2, 1, 1])
        #expect(merged.map(\.coverage) == [1, 0, 1])
        #expect(abs((merged[0].mean ?? .nan) - 0.3) < 1e-12)
        #expect(merged[1].mean == nil)
    }
}
