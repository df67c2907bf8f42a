/// The part of a request before its body, checked by RFC 9112.
public struct RequestHead: Sendable {
    public var method: String
    /// As received.
    public var target: String
    /// Path segments, percent-decoded once: valid UTF-8, none is `.` or `..` or holds `/`, `\` or a control byte.
    /// `/` is `[]`; a trailing or doubled slash gives an empty segment, which no route matches.
    public var path: [String]
    /// Query items in order, percent-decoded once; `+` stays `+` (RFC 3986).
    public var query: [(name: String, value: String)]
    public var headers: Headers
    /// The announced length of the body; nil without Content-Length.
    public var contentLength: Int?
    /// Whether the body comes in chunks.
    public var isChunked = false
    /// 0 or 1: the y of HTTP/1.y.
    public var minorVersion = 1
    /// A number unique in this process, used as request id; 0 until the server gives one.
    public var id: UInt64 = 0

    /// A head made by the application's own code, such as a test; the target is parsed like a received one.
    public init(method: String, target: String, headers: Headers = Headers()) throws(RequestError) {
        try self.init(method: method, target: Array(target.utf8)[...], headers: headers)
    }

    init(method: String, target: ArraySlice<UInt8>, headers: Headers) throws(RequestError) {
        let parsed = try RequestTarget(method: method, target: target)
        (self.method, self.target, self.headers) = (method, String(decoding: target, as: UTF8.self), headers)
        (self.path, self.query) = (parsed.path, parsed.query)
    }

    /// Whether body bytes follow the head.
    public var hasBody: Bool { isChunked || (contentLength ?? 0) > 0 }

    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    var expectsContinue: Bool { minorVersion == 1 && hasBody && headers["Expect"] != nil }

    /// RFC 9112 §9.3.
    var keepsAlive: Bool {
        let options = headers.members("Connection")
        if options.contains(where: { Grammar.equal($0, "close") }) { return false }
        return minorVersion == 1 || options.contains { Grammar.equal($0, "keep-alive") }
    }
}

public struct Request: Sendable {
    public var head: RequestHead
    public var body: [UInt8]
    /// When it was complete; from then on it may wait for a worker.
    public let received = ContinuousClock.now

    public init(head: RequestHead, body: [UInt8] = []) { (self.head, self.body) = (head, body) }
}
