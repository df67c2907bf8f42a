/// Reads protocol buffers' wire format (protobuf.dev/programming-guides/encoding) from a bounded range of bytes.
///
/// Nothing is copied until asked for and no length is believed before it is checked against the bytes that are there.
struct WireReader {
    /// A field's number and wire type.
    struct Key {
        let field: UInt64
        let wireType: UInt64
    }

    static let varint: UInt64 = 0
    static let fixed64: UInt64 = 1
    static let delimited: UInt64 = 2
    static let fixed32: UInt64 = 5

    let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int
    let end: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        offset = 0
        end = bytes.count
    }

    private init(_ bytes: UnsafeRawBufferPointer, from offset: Int, to end: Int) {
        self.bytes = bytes
        self.offset = offset
        self.end = end
    }

    var isAtEnd: Bool { offset >= end }

    mutating func readVarint() throws(ModelFileError) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard offset < end else { throw .truncated(offset: offset) }
            let byte = UInt64(bytes[offset])
            offset += 1
            guard shift < 63 || byte <= 1 else {
                throw .badWire(offset: offset - 1, detail: "a varint exceeds 64 bits")
            }
            result |= (byte & 0x7f) << shift
            if byte & 0x80 == 0 { return result }
        }
        throw .badWire(offset: offset, detail: "a varint exceeds 10 bytes")
    }

    mutating func readKey() throws(ModelFileError) -> Key {
        let start = offset
        let value = try readVarint()
        guard value >> 3 != 0, value >> 3 < 1 << 29 else {
            throw .badWire(offset: start, detail: "field number \(value >> 3)")
        }
        return Key(field: value >> 3, wireType: value & 7)
    }

    /// A reader of the next length-delimited field's content.
    mutating func readDelimited() throws(ModelFileError) -> WireReader {
        let length = try readVarint()
        guard let count = Int(exactly: length), count <= end - offset else { throw .truncated(offset: offset) }
        defer { offset += count }
        return WireReader(bytes, from: offset, to: offset + count)
    }

    mutating func readFixed32() throws(ModelFileError) -> UInt32 {
        guard end - offset >= 4 else { throw .truncated(offset: offset) }
        defer { offset += 4 }
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    mutating func skip(_ key: Key) throws(ModelFileError) {
        switch key.wireType {
        case WireReader.varint: _ = try readVarint()
        case WireReader.fixed64:
            guard end - offset >= 8 else { throw .truncated(offset: offset) }
            offset += 8
        case WireReader.delimited: _ = try readDelimited()
        case WireReader.fixed32: _ = try readFixed32()
        default: throw .badWire(offset: offset, detail: "wire type \(key.wireType)")
        }
    }

    /// What is left, as UTF-8 text.
    func text(_ field: String) throws(ModelFileError) -> String {
        guard count <= Limits.nameBytes else {
            throw .limit(what: "bytes of \(field)", value: count, limit: Limits.nameBytes)
        }
        guard let text = String(validating: rest, as: UTF8.self) else { throw .badText(offset: offset, field: field) }
        return text
    }

    var count: Int { end - offset }

    /// What is left.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[offset..<end]) }
}

/// Bounds on what a file may hold, so that reading costs at most a few times its size.
enum Limits {
    static let fileBytes = 1 << 30
    static let nodes = 20_000
    static let literals = 20_000
    static let ports = 1_024
    static let nodeEnds = 4_096
    static let attributes = 64
    static let listEntries = 1 << 16
    /// Nodes, their ends and attributes and the strings in these, all together.
    static let parts = 1 << 17
    /// Integers in all tensors and attributes together: shapes and indices, never weights.
    static let integers = 1 << 20
    static let nameBytes = 1 << 12
}
