/// Header fields in the order received; names compare without regard to case (RFC 9110 §5.1).
public struct Headers: Sendable {
    public typealias Field = (name: String, value: String)

    public private(set) var fields: [Field] = []

    public init() {}
    public init(_ fields: [(String, String)]) { self.fields = fields.map { (name: $0.0, value: $0.1) } }

    /// The first value of a field.
    public subscript(_ name: String) -> String? { fields.first { Grammar.equal($0.name, name) }?.value }

    /// All values of a field, one per field line.
    public func values(_ name: String) -> [String] {
        fields.filter { Grammar.equal($0.name, name) }.map(\.value)
    }

    /// One field line (RFC 9112 §5), without its CRLF.
    mutating func addLine(_ line: ArraySlice<UInt8>) throws(RequestError) {
        if line.first == Grammar.space || line.first == Grammar.tab {
            throw .badRequest("a header line starts with white space (line folding is obsolete)")
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw .badRequest("a header line has no colon")
        }
        guard Grammar.isToken(line[..<colon]) else { throw .badRequest("a header name is not a token") }
        let value = Grammar.trimmed(line[(colon + 1)...])
        guard value.allSatisfy(Grammar.isFieldValueByte) else { throw .badRequest("a header value has a control byte") }
        guard let text = String(validating: value, as: UTF8.self) else {
            throw .badRequest("a header value is not UTF-8")
        }
        add(String(decoding: line[..<colon], as: UTF8.self), text)
    }

    public mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }

    /// Replaces every line of a field with one.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        add(name, value)
    }

    public mutating func remove(_ name: String) { fields.removeAll { Grammar.equal($0.name, name) } }

    /// Members of a comma-separated list over all lines of a field, trimmed, without empty ones (RFC 9110 §5.6.1).
    func members(_ name: String) -> [Substring] {
        values(name).flatMap { value in
            value.split(separator: ",").map { member in
                member.drop { $0 == " " || $0 == "\t" }.trimmingSuffix { $0 == " " || $0 == "\t" }
            }
        }.filter { !$0.isEmpty }
    }
}

extension Headers: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }
}

extension Headers: Hashable {
    public static func == (a: Headers, b: Headers) -> Bool {
        a.fields.count == b.fields.count && zip(a.fields, b.fields).allSatisfy { $0 == $1 }
    }

    public func hash(into hasher: inout Hasher) {
        for field in fields {
            hasher.combine(field.name)
            hasher.combine(field.value)
        }
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while drops: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, drops(last) { rest.removeLast() }
        return rest
    }
}
