/// One file of the web pages with the header fields it must be served with.
public struct Asset: Sendable {
    public let bytes: [UInt8]
    public let contentType: String
    /// Strong validator (RFC 9110 §8.8.3), quotes included: answer 304 when `If-None-Match` names it.
    public let etag: String
    /// All fields of the response but `Content-Type` and `Content-Length`; `ETag` is among them. A 304 carries them too.
    public let headers: [(name: String, value: String)]

    init(path: String, bytes: [UInt8], usesCamera: Bool = false) {
        self.bytes = bytes
        contentType = Self.contentType(of: path)
        etag = Self.validator(of: bytes)
        headers = [
            ("ETag", etag),
            // Revalidated each time, so that a new binary's pages and modules never mix with an old one's.
            ("Cache-Control", "no-cache"),
            ("Content-Security-Policy", Self.contentSecurityPolicy),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Permissions-Policy", "camera=\(usesCamera ? "(self)" : "()"), microphone=(), geolocation=()"),
        ]
    }

    /// Own origin only, nothing inline; `blob:` for the camera's picture and the exported files.
    static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private static func contentType(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }

    /// 64-bit FNV-1a (Fowler, Noll, Vo): tells versions apart, which is all a validator of our own files has to do.
    private static func validator(of bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "\"\(String(hash, radix: 16))\""
    }
}
