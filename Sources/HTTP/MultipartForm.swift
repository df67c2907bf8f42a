/// A `multipart/form-data` body taken apart (RFC 7578, RFC 2046 §5.1).
///
/// Strict: no preamble, no epilogue but a CRLF, no white space after a delimiter, every line ended by CRLF, every part
/// with one `Content-Disposition: form-data; name=…` and no transfer encoding that would have to be undone.
public struct MultipartForm: Sendable {
    public struct Part: Sendable {
        public let name: String
        /// As the client wrote it: for display only, never a path.
        public let filename: String?
        public let contentType: ParameterizedValue?
        public let body: [UInt8]
    }

    public struct Limits: Sendable, Hashable {
        public var parts = 64
        /// Bytes of one part's body.
        public var partBytes: Int
        public var fieldCount = 8
        /// Bytes of one part's header lines.
        public var fieldBytes = 2_048
        public init(partBytes: Int) { self.partBytes = partBytes }
    }

    public enum Failure: Error, Sendable, Hashable {
        case notFormData
        case invalidBoundary
        case tooManyParts(limit: Int)
        case partTooLarge(index: Int, limit: Int)
        /// `index` is the number of complete parts before.
        case malformed(index: Int, reason: String)
    }

    public let parts: [Part]

    /// - Parameter contentType: the request's Content-Type.
    public init(_ body: [UInt8], contentType: String?, limits: Limits) throws(Failure) {
        guard let type = contentType.flatMap(ParameterizedValue.init), type.value == "multipart/form-data" else {
            throw .notFormData
        }
        guard let boundary = type.parameters["boundary"], Self.isBoundary(boundary) else { throw .invalidBoundary }
        var reader = Reader(bytes: body, delimiter: Array("\r\n--\(boundary)".utf8), limits: limits)
        parts = try reader.readAll()
    }

    /// RFC 2046 §5.1.1: 1 to 70 of bchars, not ending with a space.
    private static func isBoundary(_ text: String) -> Bool {
        (1...70).contains(text.utf8.count) && text.utf8.last != Grammar.space
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: "'()+_,-./:=? ".utf8.contains(byte)
                }
            }
    }
}

extension MultipartForm {
    private struct Reader {
        let bytes: [UInt8]
        /// CRLF, two hyphens and the boundary.
        let delimiter: [UInt8]
        let limits: Limits
        var position = 0
        var parts: [Part] = []

        mutating func readAll() throws(Failure) -> [Part] {
            guard bytes.starts(with: delimiter[2...]) else {
                throw malformed("the body does not start with its boundary")
            }
            position = delimiter.count - 2
            while try !takeCloseDelimiter() {
                guard parts.count < limits.parts else { throw .tooManyParts(limit: limits.parts) }
                parts.append(try readPart())
            }
            return parts
        }

        /// What follows a delimiter: two hyphens end the form, a CRLF starts a part.
        private mutating func takeCloseDelimiter() throws(Failure) -> Bool {
            let rest = bytes[position...]
            if rest.starts(with: "\r\n".utf8) {
                position += 2
                return false
            }
            guard rest.elementsEqual("--".utf8) || rest.elementsEqual("--\r\n".utf8) else {
                throw malformed("a boundary is not followed by a line's end or by the form's end")
            }
            return true
        }

        private mutating func readPart() throws(Failure) -> Part {
            let headers = try readHeaders()
            guard let end = nextDelimiter() else { throw malformed("the part does not end with the boundary") }
            guard end - position <= limits.partBytes else {
                throw .partTooLarge(index: parts.count, limit: limits.partBytes)
            }
            let body = Array(bytes[position..<end])
            position = end + delimiter.count
            let dispositions = headers.values("Content-Disposition")
            guard dispositions.count == 1, let disposition = ParameterizedValue(dispositions[0]),
                disposition.value == "form-data", let name = disposition.parameters["name"]
            else { throw malformed("the part has no Content-Disposition with a name") }
            let encoding = headers["Content-Transfer-Encoding"] ?? "binary"
            guard ["binary", "8bit", "7bit"].contains(where: { Grammar.equal($0, encoding) }) else {
                throw malformed("the part has a Content-Transfer-Encoding")
            }
            let types = headers.values("Content-Type")
            let type = types.first.flatMap(ParameterizedValue.init)
            guard types.isEmpty || (types.count == 1 && type != nil) else {
                throw malformed("the part's Content-Type is invalid")
            }
            return Part(name: name, filename: disposition.parameters["filename"], contentType: type, body: body)
        }

        private mutating func readHeaders() throws(Failure) -> Headers {
            var headers = Headers()
            let limit = position + limits.fieldBytes
            while true {
                let window = bytes[position..<min(limit + 2, bytes.count)]
                guard let end = window.firstIndex(of: Grammar.lineFeed) else {
                    throw malformed("the part's header has no end within \(limits.fieldBytes) bytes")
                }
                guard end > position, bytes[end - 1] == Grammar.carriageReturn else {
                    throw malformed("a header line ends with a bare line feed")
                }
                let line = bytes[position..<(end - 1)]
                position = end + 1
                if line.isEmpty { return headers }
                guard headers.fields.count < limits.fieldCount else {
                    throw malformed("the part has more than \(limits.fieldCount) header lines")
                }
                do { try headers.addLine(line) } catch { throw malformed(error.message) }
            }
        }

        private func nextDelimiter() -> Int? {
            // The blank line is the delimiter's own CRLF: RFC 2046 lets a part have no body at all, nobody sends that.
            if bytes[(position - 2)...].starts(with: delimiter) { return nil }
            var from = position
            while let start = bytes[from...].firstIndex(of: Grammar.carriageReturn) {
                if bytes[start...].starts(with: delimiter) { return start }
                from = start + 1
            }
            return nil
        }

        private func malformed(_ reason: String) -> Failure { .malformed(index: parts.count, reason: reason) }
    }
}
