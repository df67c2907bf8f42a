/// The chunked transfer coding (RFC 9112 §7.1). Trailers are checked like header lines and dropped.
extension RequestParser {
    mutating func nextOfChunked() throws(RequestError) -> Event? {
        while true {
            switch state {
            case .chunkSize:
                guard let line = try nextChunkLine() else { return nil }
                let size = try chunkSize(line)
                (fields, fieldBytes) = (Headers(), 0)
                state = size == 0 ? .trailers : .chunk(size)
            case .chunk(let left):
                let piece = take(left)
                if piece.isEmpty { return nil }
                state = piece.count == left ? .chunkEnd : .chunk(left - piece.count)
                return .body(piece)
            case .chunkEnd:
                guard let line = try nextLine(limit: 0, passed: .badRequest("a chunk is longer than its size")) else {
                    return nil
                }
                guard line.isEmpty else { throw .badRequest("a chunk is longer than its size") }
                state = .chunkSize
            case .trailers:
                guard let line = try nextFieldLine() else { return nil }
                if line.isEmpty { return finishRequest() }
                try addField(line)
            case .requestLine, .fields, .sized:
                return nil
            }
        }
    }

    private mutating func nextChunkLine() throws(RequestError) -> ArraySlice<UInt8>? {
        try nextLine(
            limit: Self.sizeDigits + limits.chunkExtensionBytes - extensionBytes,
            passed: .badRequest("chunk extensions are longer than \(limits.chunkExtensionBytes) bytes"))
    }

    /// 15 hexadecimal digits cannot overflow, and no body limit needs more.
    private static var sizeDigits: Int { 15 }

    /// `1*HEXDIG [ ";" extension ]`; extensions are ignored as RFC 9112 §7.1.1 says.
    private mutating func chunkSize(_ line: ArraySlice<UInt8>) throws(RequestError) -> Int {
        let digits = line.prefix { Grammar.hexValue($0) != nil }
        guard !digits.isEmpty, digits.count <= Self.sizeDigits else { throw .badRequest("a chunk size is invalid") }
        let rest = line[digits.endIndex...]
        guard rest.isEmpty || rest.first == UInt8(ascii: ";"), rest.allSatisfy(Grammar.isFieldValueByte) else {
            throw .badRequest("a chunk size is invalid")
        }
        extensionBytes += rest.count
        return digits.reduce(0) { $0 << 4 | Int(Grammar.hexValue($1) ?? 0) }
    }
}
