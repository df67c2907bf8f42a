/// How seven probabilities and the gates become one score. A convention that nobody has validated: see Docs/Scoring.md.
public struct ScoringRule: Sendable, Hashable {
    /// 1…64 of `A–Z a–z 0–9 . _ ~ -`.
    public var name: String
    /// 1 or more; to be raised whenever a number of the rule changes, since stored scores carry `id` only.
    public var version: Int
    public var note: String
    /// Nil in a presence rule, whose score is the product of the gates.
    public var weights: ExpressionWeights?
    public var levels: LevelThresholds
    public var gates: GateDefinitions

    public init(
        name: String, version: Int, note: String, weights: ExpressionWeights?, levels: LevelThresholds,
        gates: GateDefinitions
    ) {
        (self.name, self.version, self.note) = (name, version, note)
        (self.weights, self.levels, self.gates) = (weights, levels, gates)
    }

    /// `name@version`, as stored with every score.
    public var id: String { "\(name)@\(version)" }

    /// The rule of `Config/scoring.json`, embedded.
    public static let convention = ScoringRule(
        name: "convention", version: 1, note: "convention, not validated",
        weights: ExpressionWeights(
            angry: 0.25, disgust: 0.30, fear: 0.30, happy: 0.60, sad: 0.30, surprise: 0.60, neutral: 0.90),
        levels: .standard, gates: .standard)

    /// Presence mode: is a face there and turned to the screen; no expression is read.
    public static let presence = ScoringRule(
        name: "presence", version: 1, note: "face present and facing, no expression; convention, not validated",
        weights: nil, levels: .standard, gates: .standard)
}

extension ScoringRule {
    /// Score of a frame in which one usable face was found: Σ probability · weight, times the gates' product; in a presence
    /// rule the gates' product alone. The sum runs in the order of `FacialExpression.allCases`, so that the same
    /// probabilities and gates give the same bits again.
    ///
    /// `unknown` where the rule needs probabilities and there are none, or where a number is not finite.
    public func score(_ probabilities: ExpressionProbabilities?, gates: Gates) -> ConcentrationScore {
        var sum = 1.0
        if let weights {
            guard let probabilities else { return unknown(gates: gates) }
            sum = zip(probabilities.values, weights.values).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let score = sum * gates.product
        guard score.isFinite else { return unknown(gates: gates) }
        let bounded = min(max(score, 0), 1)
        return ConcentrationScore(score: bounded, level: levels.level(of: bounded), rule: id, gates: gates)
    }

    /// For a frame without a usable face: no face, several, or a bad one.
    public func unknown(gates: Gates = Gates(presence: 0, quality: 0)) -> ConcentrationScore {
        ConcentrationScore(score: nil, level: .unknown, rule: id, gates: gates)
    }
}

/// One weight 0…1 for each expression, in the order of `FacialExpression.allCases`.
public struct ExpressionWeights: Sendable, Hashable {
    public let values: [Double]

    public init(
        angry: Double, disgust: Double, fear: Double, happy: Double, sad: Double, surprise: Double, neutral: Double
    ) {
        values = [angry, disgust, fear, happy, sad, surprise, neutral]
    }

    public subscript(_ expression: FacialExpression) -> Double { values[expression.index] }
}

/// Least score of a level; below `medium` the level is `low`.
public struct LevelThresholds: Sendable, Hashable {
    public var high, medium: Double
    public init(high: Double, medium: Double) { (self.high, self.medium) = (high, medium) }

    /// 0.70: two thirds of the probability on neutral (0.9) and the rest on the low weights (0.3) is just `high`;
    /// 0.45: half way between the weights of happy or surprise (0.6) and the low ones.
    public static let standard = LevelThresholds(high: 0.70, medium: 0.45)

    public func level(of score: Double?) -> Level {
        guard let score, score.isFinite else { return .unknown }
        return score >= high ? .high : score >= medium ? .medium : .low
    }
}
