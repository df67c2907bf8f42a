/// An incremental parser of HTTP/1.1 requests (RFC 9112): bytes in, events out, no sockets and no clock.
///
/// Strict: lines end with CRLF, no empty line before a request line, no line folding, no white space around the
/// chunk size. After an error it gives the same error for ever and never another event.
public struct RequestParser: Sendable {
    public struct Limits: Sendable, Hashable {
        /// Bytes of the request line; RFC 9112 §3 asks for at least 8,000. Passed: 414.
        public var requestLine = 8_192
        /// Header lines, trailers counted apart. Passed: 431 (RFC 6585 §5).
        public var fieldCount = 100
        /// Bytes of all header lines, trailers counted apart. Passed: 431.
        public var fieldBytes = 16_384
        /// Bytes of chunk extensions in one body (RFC 9112 §7.1.1 asks for a limit). Passed: 400.
        public var chunkExtensionBytes = 4_096
        public init() {}
    }

    public enum Event: Sendable {
        case head(RequestHead)
        /// The next bytes of the body, decoded, never empty.
        case body([UInt8])
        /// The request is complete; the next event is another request's head.
        case end
    }

    enum State: Sendable {
        case requestLine
        case fields
        /// A body of known length: the bytes left.
        case sized(Int)
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailers
    }

    let limits: Limits
    var state = State.requestLine
    private var requestLine: RequestLine?
    /// The header lines, or the trailers, read so far.
    var fields = Headers()
    var fieldBytes = 0
    var extensionBytes = 0
    private var buffer: [UInt8] = []
    /// The first byte not yet consumed, and the first not yet searched for a line's end.
    private var start = 0
    private var searched = 0
    private var failure: RequestError?

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Whether bytes wait that no event has used.
    public var hasBufferedBytes: Bool { start < buffer.count }

    /// Whether a request has begun and not ended.
    public var isMidRequest: Bool {
        if case .requestLine = state { hasBufferedBytes } else { true }
    }

    public mutating func append(_ bytes: some Collection<UInt8>) {
        guard failure == nil else { return }
        if start > 0, start == buffer.count || start > buffer.count / 2 {
            buffer.removeSubrange(..<start)
            searched -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next event, nil if more bytes are needed.
    public mutating func next() throws(RequestError) -> Event? {
        if let failure { throw failure }
        do {
            return try advance()
        } catch {
            (failure, buffer, start) = (error, [], 0)
            throw error
        }
    }

    private mutating func advance() throws(RequestError) -> Event? {
        while true {
            switch state {
            case .requestLine:
                // No method starts so: a TLS hello, say. Answered before a line's end comes.
                if hasBufferedBytes, !Grammar.isTokenByte(buffer[start]) {
                    throw .badRequest("a request does not start with this byte")
                }
                guard
                    let line = try nextLine(
                        limit: limits.requestLine, passed: .targetTooLong(limit: limits.requestLine))
                else { return nil }
                requestLine = try RequestLine(line)
                (fields, fieldBytes) = (Headers(), 0)
                state = .fields
            case .fields:
                guard let line = try nextFieldLine(), let requestLine else { return nil }
                if line.isEmpty {
                    let head = try RequestHead(requestLine, fields)
                    extensionBytes = 0
                    state = head.isChunked ? .chunkSize : .sized(head.contentLength ?? 0)
                    return .head(head)
                }
                try addField(line)
            case .sized(0):
                return finishRequest()
            case .sized(let left):
                let piece = take(left)
                if piece.isEmpty { return nil }
                state = .sized(left - piece.count)
                return .body(piece)
            case .chunkSize, .chunk, .chunkEnd, .trailers:
                return try nextOfChunked()
            }
        }
    }

    /// Ends the request; an idle connection keeps no large buffer.
    mutating func finishRequest() -> Event {
        state = .requestLine
        if start == buffer.count, buffer.capacity > 8_192 { (buffer, start, searched) = ([], 0, 0) }
        return .end
    }

    mutating func addField(_ line: ArraySlice<UInt8>) throws(RequestError) {
        guard fields.fields.count < limits.fieldCount else {
            throw .headerTooLarge("more than \(limits.fieldCount) header lines")
        }
        try fields.addLine(line)
    }

    mutating func nextFieldLine() throws(RequestError) -> ArraySlice<UInt8>? {
        let line = try nextLine(
            limit: limits.fieldBytes - fieldBytes,
            passed: .headerTooLarge("the header is longer than \(limits.fieldBytes) bytes"))
        if let line { fieldBytes += line.count + 2 }
        return line
    }

    /// The bytes up to the next CRLF.
    mutating func nextLine(limit: Int, passed error: RequestError) throws(RequestError) -> ArraySlice<UInt8>? {
        guard let end = buffer[max(start, searched)...].firstIndex(of: Grammar.lineFeed) else {
            searched = buffer.count
            if buffer.count - start > limit + 1 { throw error }
            return nil
        }
        if end - 1 - start > limit { throw error }
        guard end > start, buffer[end - 1] == Grammar.carriageReturn else {
            throw .badRequest("a line ends with a bare line feed")
        }
        let line = buffer[start..<(end - 1)]
        start = end + 1
        searched = start
        return line
    }

    /// At most so many of the waiting bytes.
    mutating func take(_ count: Int) -> [UInt8] {
        let end = start + min(count, buffer.count - start)
        defer { start = end }
        return Array(buffer[start..<end])
    }
}
