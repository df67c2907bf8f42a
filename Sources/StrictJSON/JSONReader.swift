/// Why bytes are not JSON, and where.
public struct JSONError: Error, Hashable, CustomStringConvertible {
    /// Offset of the offending byte.
    public var offset: Int
    public var problem: String
    public init(offset: Int, problem: String) { (self.offset, self.problem) = (offset, problem) }
    public var description: String { "\(problem) at byte \(offset)" }
}

extension JSON {
    /// Reads exactly one value with nothing but white space around it, strictly by RFC 8259. Beyond the grammar it refuses
    /// what readers disagree on: a name twice in one object, unpaired surrogates, invalid UTF-8, numbers beyond a Double.
    /// - Parameter depth: how far arrays and objects may be nested.
    public init(parsing bytes: [UInt8], depth: Int = 32) throws(JSONError) {
        var reader = JSONReader(bytes: bytes)
        reader.skipSpace()
        self = try reader.value(depth: depth)
        reader.skipSpace()
        if reader.position < bytes.count { throw reader.error("text after the value") }
    }
}

/// A recursive-descent reader over one buffer; its recursion is bounded by `depth`.
struct JSONReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    func error(_ problem: String) -> JSONError { JSONError(offset: position, problem: problem) }

    /// The current byte; nil at the end.
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    /// Takes the byte if it comes next.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func value(depth: Int) throws(JSONError) -> JSON {
        switch current {
        case nil: throw error("a value is missing")
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, word.description.utf8.elementsEqual(bytes[position..<end]) else {
            throw error("an unknown word")
        }
        position = end
        return value
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        guard depth > 0 else { throw error("nested too deeply") }
        position += 1
        var elements: [JSON] = []
        skipSpace()
        if take("]") { return .array(elements) }
        while true {
            skipSpace()
            elements.append(try value(depth: depth - 1))
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { throw error("expected , or ]") }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        guard depth > 0 else { throw error("nested too deeply") }
        position += 1
        var members: [JSON.Member] = []
        // By their bytes: Swift takes strings for equal that Unicode calls canonically equivalent, JSON does not.
        var names: Set<[UInt8]> = []
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw error("expected a name") }
            let name = try string()
            guard names.insert(Array(name.utf8)).inserted else {
                throw error("the name \(JSON.string(name).text) twice")
            }
            skipSpace()
            guard take(":") else { throw error("expected :") }
            skipSpace()
            members.append(JSON.Member(name, try value(depth: depth - 1)))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw error("expected , or }") }
        }
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func number() throws(JSONError) -> Double {
        let start = position
        _ = take("-")
        let zero = current == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0 else { throw error("not a value") }
        guard !zero || whole == 1 else { throw error("a number with a leading zero") }
        if take("."), digits() == 0 { throw error("a number without digits after the point") }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            if digits() == 0 { throw error("a number without digits in its exponent") }
        }
        guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)), number.isFinite else {
            throw error("a number out of range")
        }
        return number
    }
}
