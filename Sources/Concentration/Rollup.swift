/// Counts and sums over the frames of one student in one stretch of time; sums, so that rollups can be merged.
public struct Rollup: Sendable, Hashable {
    /// Inclusive.
    public var start: Timestamp
    /// Exclusive.
    public var end: Timestamp
    /// Frames of each status.
    public var scored, noFace, severalFaces, lowQuality: Int
    /// Sum of the scores of the scored frames.
    public var scoreSum: Double
    /// Scored frames with probabilities; in presence mode there are none.
    public var read: Int
    /// Sums of the seven probabilities over those frames, in the order of `FacialExpression.allCases`; the eighth is 0.
    /// A vector, so that a rollup needs no memory of its own.
    public var expressionSums: SIMD8<Double>

    /// The stored unit: 10 seconds, aligned to 1970-01-01T00:00:00Z.
    public static let length: Int64 = 10_000

    public init(start: Timestamp, end: Timestamp) {
        (self.start, self.end) = (start, end)
        (scored, noFace, severalFaces, lowQuality, scoreSum, read) = (0, 0, 0, 0, 0, 0)
        expressionSums = .zero
    }

    /// Empty, of the aligned stretch that holds a moment.
    public init(holding moment: Timestamp, length: Int64 = Rollup.length) {
        let start = moment.floored(to: length)
        self.init(start: start, end: start + length)
    }

    public var received: Int { scored + noFace + severalFaces + lowQuality }

    /// Mean score of the scored frames; nil where none was scored.
    public var mean: Double? { scored > 0 ? scoreSum / Double(scored) : nil }

    /// Share of the received frames that was scored, 0…1; 0 where none was received.
    public var coverage: Double { received > 0 ? Double(scored) / Double(received) : 0 }

    /// Mean probabilities of the frames that were read; nil where none was.
    public var expressions: ExpressionProbabilities? {
        guard read > 0 else { return nil }
        return ExpressionProbabilities(FacialExpression.allCases.map { expressionSums[$0.index] / Double(read) })
    }

    public mutating func add(_ reading: FrameReading) {
        switch reading.status {
        case .scored: scored += 1
        case .noFace: noFace += 1
        case .severalFaces: severalFaces += 1
        case .lowQuality: lowQuality += 1
        }
        guard reading.status == .scored else { return }
        scoreSum += reading.concentration.score ?? 0
        guard let probabilities = reading.expressions else { return }
        read += 1
        for (index, value) in probabilities.values.enumerated() { expressionSums[index] += value }
    }

    public mutating func merge(_ other: Rollup) {
        scored += other.scored
        noFace += other.noFace
        severalFaces += other.severalFaces
        lowQuality += other.lowQuality
        scoreSum += other.scoreSum
        read += other.read
        expressionSums += other.expressionSums
    }

    /// Longer aligned stretches from shorter ones in order of time; stretches without any are left out.
    public static func merged(_ rollups: some Sequence<Rollup>, length: Int64) -> [Rollup] {
        var merged: [Rollup] = []
        for rollup in rollups {
            if let last = merged.last, rollup.start < last.end {
                merged[merged.count - 1].merge(rollup)
            } else {
                merged.append(Rollup(holding: rollup.start, length: length))
                merged[merged.count - 1].merge(rollup)
            }
        }
        return merged
    }
}

extension Timestamp {
    /// The last multiple of a length in milliseconds that is not after this moment.
    public func floored(to length: Int64) -> Timestamp {
        let rest = milliseconds % length
        return Timestamp(milliseconds: milliseconds - (rest < 0 ? rest + length : rest))
    }
}
