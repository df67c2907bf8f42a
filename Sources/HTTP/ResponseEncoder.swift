/// What of a request its response depends on.
struct ResponseContext: Sendable {
    var isHead: Bool
    var minorVersion: Int
    var keepsAlive: Bool

    init(_ head: RequestHead) {
        (isHead, minorVersion, keepsAlive) = (head.method == "HEAD", head.minorVersion, head.keepsAlive)
    }

    /// For a request whose head could not be read.
    static let unknown = ResponseContext()
    private init() { (isHead, minorVersion, keepsAlive) = (false, 1, false) }
}

/// A response as bytes for the socket.
struct EncodedResponse: Sendable {
    var status: Int
    /// The head, with a small body in the same segment, so that it leaves in one write.
    var segments: [[UInt8]]
    var stream: ResponseStream?
    /// The stream's bytes are sent in chunks; else the body ends with the connection.
    var isChunked = false
    var closes: Bool
}

/// Responses as RFC 9112 §4 bytes. The only way to a socket: no header value with CR or LF passes here.
enum ResponseEncoder {
    struct InvalidResponse: Error, Hashable {
        var reason: String
    }

    /// Bodies up to this size are sent in the head's segment.
    private static let joinLimit = 16_384

    static func encode(_ response: Response, for context: ResponseContext) throws(InvalidResponse) -> EncodedResponse {
        guard (200...599).contains(response.status) else {
            throw InvalidResponse(reason: "status \(response.status) is not 200…599")
        }
        var encoded = EncodedResponse(status: response.status, segments: [], closes: !context.keepsAlive)
        var head = "HTTP/1.1 \(response.status) \(reason(response.status))\r\nDate: \(HTTPDate.now())\r\n"
        for (name, value) in response.headers.fields {
            guard Grammar.isToken(name.utf8), value.utf8.allSatisfy(Grammar.isFieldValueByte) else {
                throw InvalidResponse(reason: "the header \(name.debugDescription) is not fit to be sent")
            }
            if isFraming(name) {
                if Grammar.equal(name, "connection"), Grammar.equal(value, "close") { encoded.closes = true }
                continue
            }
            head += "\(name): \(value)\r\n"
        }
        // RFC 9110 §6.4.1: these have no content; §8.6: nor a length, since it would be that of another response.
        let isEmpty = response.status == 204 || response.status == 304
        var body: [UInt8] = []
        switch response.body {
        case .bytes(let bytes):
            if !isEmpty { head += "Content-Length: \(bytes.count)\r\n" }
            if !isEmpty, !context.isHead { body = bytes }
        case .stream(let stream):
            encoded.isChunked = context.minorVersion == 1 && !isEmpty
            if encoded.isChunked { head += "Transfer-Encoding: chunked\r\n" }
            if isEmpty || context.isHead { stream.close() } else { encoded.stream = stream }
            if encoded.stream != nil, !encoded.isChunked { encoded.closes = true }
        }
        if encoded.closes {
            head += "Connection: close\r\n"
        } else if context.minorVersion == 0 {
            head += "Connection: keep-alive\r\n"
        }
        head += "\r\n"
        encoded.segments = body.count <= joinLimit ? [Array(head.utf8) + body] : [Array(head.utf8), body]
        return encoded
    }

    /// One chunk (RFC 9112 §7.1), or the bytes alone for HTTP/1.0.
    static func chunk(_ bytes: [UInt8], isChunked: Bool) -> [UInt8] {
        isChunked ? Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8) : bytes
    }

    static let lastChunk = Array("0\r\n\r\n".utf8)
    static let continueResponse = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Fields that are the server's own.
    private static func isFraming(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: Grammar.equal(name, "date")
        case 10: Grammar.equal(name, "connection") || Grammar.equal(name, "keep-alive")
        case 14: Grammar.equal(name, "content-length")
        case 17: Grammar.equal(name, "transfer-encoding")
        default: false
        }
    }
}
