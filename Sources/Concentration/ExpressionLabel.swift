/// What a class folder or label of a data set means here.
///
/// The one table of aliases; `Training/classpulse_training/labels.py` holds the same, and a test compares the two.
public enum ExpressionLabel: Sendable, Hashable {
    case expression(FacialExpression)
    /// A known label outside the seven: counted and reported, never dropped silently.
    case excluded(String)

    public static let aliases: [String: FacialExpression] = [
        "anger": .angry, "disgusted": .disgust, "fearful": .fear, "scared": .fear, "happiness": .happy, "joy": .happy,
        "sadness": .sad, "surprised": .surprise, "calm": .neutral,
    ]
    public static let excludedNames: Set<String> = ["contempt"]

    /// Nil for a name that is neither an expression, nor an alias, nor excluded. Case does not matter.
    public init?(_ name: String) {
        let key = name.lowercased()
        if Self.excludedNames.contains(key) {
            self = .excluded(key)
        } else if let expression = FacialExpression(rawValue: key) ?? Self.aliases[key] {
            self = .expression(expression)
        } else {
            return nil
        }
    }
}
