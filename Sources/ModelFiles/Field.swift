/// Typed reading of one message's fields, with the field's name in every error.
extension WireReader {
    /// Calls `body` with every field of the message; what it does not take is skipped.
    mutating func forEachField(
        _ body: (inout WireReader, Key) throws(ModelFileError) -> Bool
    ) throws(ModelFileError) {
        while !isAtEnd {
            let key = try readKey()
            if try !body(&self, key) { try skip(key) }
        }
    }

    private func expect(_ key: Key, _ wireType: UInt64, _ field: String) throws(ModelFileError) {
        guard key.wireType == wireType else { throw .wrongWireType(offset: offset, field: field, found: key.wireType) }
    }

    mutating func message(_ key: Key, _ field: String) throws(ModelFileError) -> WireReader {
        try expect(key, WireReader.delimited, field)
        return try readDelimited()
    }

    mutating func string(_ key: Key, _ field: String) throws(ModelFileError) -> String {
        try message(key, field).text(field)
    }

    mutating func int(_ key: Key, _ field: String) throws(ModelFileError) -> Int64 {
        try expect(key, WireReader.varint, field)
        return Int64(bitPattern: try readVarint())
    }

    mutating func float(_ key: Key, _ field: String) throws(ModelFileError) -> Float {
        try expect(key, WireReader.fixed32, field)
        return Float(bitPattern: try readFixed32())
    }

    /// Appends a repeated integer field, packed or not.
    mutating func ints(
        _ key: Key, _ field: String, to list: inout [Int64], limit: Int
    ) throws(ModelFileError) {
        if key.wireType == WireReader.varint {
            list.append(try int(key, field))
        } else {
            var packed = try message(key, field)
            while !packed.isAtEnd {
                list.append(Int64(bitPattern: try packed.readVarint()))
                guard list.count <= limit else {
                    throw .limit(what: "values of \(field)", value: list.count, limit: limit)
                }
            }
        }
        guard list.count <= limit else { throw .limit(what: "values of \(field)", value: list.count, limit: limit) }
    }

    /// Appends a repeated float field, packed or not.
    mutating func floats(_ key: Key, _ field: String, to list: inout [Float], limit: Int) throws(ModelFileError) {
        if key.wireType == WireReader.fixed32 {
            list.append(try float(key, field))
        } else {
            var packed = try message(key, field)
            guard packed.count / 4 <= limit - list.count else {
                throw .limit(what: "values of \(field)", value: packed.count / 4, limit: limit)
            }
            if list.isEmpty { list.reserveCapacity(packed.count / 4) }  // later parts let it grow by doubling
            while !packed.isAtEnd { list.append(Float(bitPattern: try packed.readFixed32())) }
        }
        guard list.count <= limit else { throw .limit(what: "values of \(field)", value: list.count, limit: limit) }
    }
}
