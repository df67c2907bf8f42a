/// `value *( ";" name=value )` of RFC 9110 §5.6.6, as in Content-Type and Content-Disposition.
public struct ParameterizedValue: Sendable, Hashable {
    /// What stands before the first `;`, in lower case.
    public let value: String
    /// Names in lower case, values unquoted. A name that comes twice makes the whole invalid.
    public let parameters: [String: String]

    public init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
        let value = Grammar.trimmed(rest[..<end])
        guard !value.isEmpty, value.allSatisfy({ Grammar.isTokenByte($0) || $0 == UInt8(ascii: "/") }) else {
            return nil
        }
        self.value = String(decoding: value.map(Grammar.lowercase), as: UTF8.self)
        rest = rest[end...]
        var parameters: [String: String] = [:]
        while rest.popFirst() != nil {
            rest = Grammar.trimmed(rest)
            // RFC 9110 allows a `;` with nothing after it.
            if rest.isEmpty || rest.first == UInt8(ascii: ";") { continue }
            guard let (name, value) = Self.parameter(&rest), parameters.updateValue(value, forKey: name) == nil else {
                return nil
            }
        }
        self.parameters = parameters
    }

    /// Takes `name=token` or `name="quoted"` and leaves the rest at a `;` or the end.
    private static func parameter(_ rest: inout ArraySlice<UInt8>) -> (String, String)? {
        guard let equals = rest.firstIndex(of: UInt8(ascii: "=")), Grammar.isToken(rest[..<equals]) else { return nil }
        let name = String(decoding: rest[..<equals].map(Grammar.lowercase), as: UTF8.self)
        rest = rest[(equals + 1)...]
        var value: [UInt8] = []
        if rest.first == UInt8(ascii: "\"") {
            rest.removeFirst()
            while true {
                guard var byte = rest.popFirst() else { return nil }
                if byte == UInt8(ascii: "\"") { break }
                if byte == UInt8(ascii: "\\") {
                    guard let escaped = rest.popFirst() else { return nil }
                    byte = escaped
                }
                guard Grammar.isFieldValueByte(byte) else { return nil }
                value.append(byte)
            }
        } else {
            value = Array(rest.prefix(while: Grammar.isTokenByte))
            guard !value.isEmpty else { return nil }
            rest = rest.dropFirst(value.count)
        }
        rest = Grammar.trimmed(rest)
        guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { return nil }
        guard let text = String(validating: value, as: UTF8.self) else { return nil }
        return (name, text)
    }
}
