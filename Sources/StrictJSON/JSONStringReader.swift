extension JSONReader {
    /// Reads a string from its opening quote to behind the closing one.
    mutating func string() throws(JSONError) -> String {
        position += 1
        var content: [UInt8] = []
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw JSONError(offset: start, problem: "a string that is not UTF-8")
                }
                position += 1
                return text
            case UInt8(ascii: "\\"): try escape(into: &content)
            case 0..<0x20: throw error("a control character in a string")
            default:
                content.append(byte)
                position += 1
            }
        }
        throw error("a string without end")
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        guard position + 1 < bytes.count else { throw error("a string without end") }
        let byte = bytes[position + 1]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0c)
        case UInt8(ascii: "n"): content.append(0x0a)
        case UInt8(ascii: "r"): content.append(0x0d)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            content.append(contentsOf: String(Character(try unicodeEscape())).utf8)
            return
        default: throw error("an unknown escape")
        }
        position += 2
    }

    /// `\uXXXX`, or two of them that form a surrogate pair (RFC 8259 §7).
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xdc00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw error("an unpaired surrogate") }
        let second = try codeUnit()
        guard (0xdc00...0xdfff).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
        else { throw error("an unpaired surrogate") }
        return scalar
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        let digits = bytes[min(position + 2, bytes.count)..<min(position + 6, bytes.count)]
        var unit: UInt16 = 0
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { throw error("a bad \\u escape") }
            unit = unit << 4 | UInt16(value)
        }
        guard digits.count == 4 else { throw error("a bad \\u escape") }
        position += 6
        return unit
    }
}
