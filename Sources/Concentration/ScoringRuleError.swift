import StrictJSON

/// What is wrong with a rule file; `key` is the path inside it, such as `weights.sad`.
public enum ScoringRuleError: Error, Sendable, Hashable, CustomStringConvertible {
    case notJSON(JSONError)
    case unknownKey(String)
    case missingKey(String)
    case wrongType(key: String, expected: String, found: String)
    case outOfRange(key: String, value: Double, low: Double, high: Double)
    case invalidName(String)
    case invalidVersion(Double)
    case thresholdsOutOfOrder(high: Double, medium: Double)
    /// The end where nothing passes lies on the wrong side of the end where all passes.
    case rampOutOfOrder(key: String, none: Double, full: Double)

    public var description: String {
        switch self {
        case .notJSON(let error): "not JSON: \(error)"
        case .unknownKey(let key): "unknown key \(key)"
        case .missingKey(let key): "missing key \(key)"
        case .wrongType(let key, let expected, let found): "\(key) is \(found) where \(expected) is expected"
        case .outOfRange(let key, let value, let low, let high): "\(key) is \(value), outside \(low)…\(high)"
        case .invalidName(let name): "name \"\(name)\" is not 1–64 of A–Z a–z 0–9 . _ ~ -"
        case .invalidVersion(let version): "version \(version) is not a whole number from 1 to 1000000"
        case .thresholdsOutOfOrder(let high, let medium):
            "levels.high is \(high), which is not above levels.medium \(medium)"
        case .rampOutOfOrder(let key, let none, let full):
            "\(key): none \(none) and full \(full) are the wrong way round"
        }
    }
}
