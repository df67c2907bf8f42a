/// Why the settings were refused. Every case names the key and, unless it is secret, the value.
public enum SettingsError: Error, Hashable, CustomStringConvertible {
    case unreadableFile(path: String, reason: String)
    /// `origin` is the file, or the environment, or the command line.
    case unknown(name: String, origin: String)
    case badValue(name: String, value: String, expectation: String, origin: String)
    /// Settings that are well formed each but not together.
    case conflict(name: String, reason: String)

    public var description: String {
        switch self {
        case .unreadableFile(let path, let reason): "configuration file \(path): \(reason)"
        case .unknown(let name, let origin): "unknown setting \(name) (\(origin))"
        case .badValue(let name, let value, let expectation, let origin):
            "setting \(name) (\(origin)): \(value) is not \(expectation)"
        case .conflict(let name, let reason): "setting \(name): \(reason)"
        }
    }
}
