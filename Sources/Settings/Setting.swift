/// One row of the table of settings.
public struct Setting: Sendable {
    /// Dotted: the path in the configuration file; with `_` for `.`, upper case and `CLASSPULSE_` before it, the variable.
    public let name: String
    public let value: Value
    /// Empty where the value has none.
    public let unit: String
    public let help: String
    /// Never written out, not even in an error.
    public let isSecret: Bool

    /// Where the value lives in `Settings` and what it may be.
    public enum Value: Sendable {
        case text(WritableKeyPath<Settings, String> & Sendable)
        case choice(WritableKeyPath<Settings, String> & Sendable, [String])
        case flag(WritableKeyPath<Settings, Bool> & Sendable)
        case whole(WritableKeyPath<Settings, Int> & Sendable, ClosedRange<Int>)
        case number(WritableKeyPath<Settings, Double> & Sendable, ClosedRange<Double>)
    }

    init(_ name: String, _ value: Value, unit: String = "", secret: Bool = false, _ help: String) {
        (self.name, self.value, self.unit, self.help, isSecret) = (name, value, unit, help, secret)
    }

    public var variable: String {
        "CLASSPULSE_" + name.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    /// What the value may be, in the words of an error message.
    public var expectation: String {
        switch value {
        case .text: "a text"
        case .choice(_, let choices): "one of " + choices.joined(separator: ", ")
        case .flag: "true or false"
        case .whole(_, let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(_, let range): "a number from \(Self.plain(range.lowerBound)) to \(Self.plain(range.upperBound))"
        }
    }

    /// The value in `settings` as it would stand in the environment.
    public func text(in settings: Settings) -> String {
        switch value {
        case .text(let path), .choice(let path, _): settings[keyPath: path]
        case .flag(let path): settings[keyPath: path] ? "true" : "false"
        case .whole(let path, _): String(settings[keyPath: path])
        case .number(let path, _): Self.plain(settings[keyPath: path])
        }
    }

    /// `3600` rather than `3600.0`.
    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? number.description
    }

    /// Sets the value from text; false where the text is not what `expectation` says.
    func set(_ text: String, in settings: inout Settings) -> Bool {
        switch value {
        case .text(let path):
            settings[keyPath: path] = text
        case .choice(let path, let choices):
            guard choices.contains(text) else { return false }
            settings[keyPath: path] = text
        case .flag(let path):
            guard let flag = Bool(text) else { return false }
            settings[keyPath: path] = flag
        case .whole(let path, let range):
            guard let number = Int(text), range.contains(number) else { return false }
            settings[keyPath: path] = number
        case .number(let path, let range):
            guard let number = Double(text), range.contains(number) else { return false }
            settings[keyPath: path] = number
        }
        return true
    }
}
