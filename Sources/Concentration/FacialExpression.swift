/// The seven expressions, in the order of the classifier's output.
public enum FacialExpression: String, CaseIterable, Codable, Sendable, Hashable {
    case angry, disgust, fear, happy, sad, surprise, neutral

    /// Position in `allCases`.
    public var index: Int {
        switch self {
        case .angry: 0
        case .disgust: 1
        case .fear: 2
        case .happy: 3
        case .sad: 4
        case .surprise: 5
        case .neutral: 6
        }
    }
}

/// Seven probabilities that sum to 1, in the order of `FacialExpression.allCases`.
public struct ExpressionProbabilities: Sendable, Hashable {
    public let values: [Double]

    /// - Precondition: seven values.
    public init(_ values: [Double]) {
        precondition(values.count == FacialExpression.allCases.count, "seven probabilities")
        self.values = values
    }

    public subscript(_ expression: FacialExpression) -> Double {
        values[expression.index]
    }

    /// The most probable expression; the first of equals.
    public var strongest: FacialExpression {
        var best = 0
        for index in values.indices where values[index] > values[best] { best = index }
        return FacialExpression.allCases[best]
    }
}
