/// `method SP request-target SP HTTP-version` (RFC 9112 §3).
struct RequestLine: Sendable {
    let method: String
    let target: [UInt8]
    /// 0 or 1: the y of HTTP/1.y.
    let minorVersion: Int

    /// - Parameter line: without its CRLF.
    init(_ line: ArraySlice<UInt8>) throws(RequestError) {
        let parts = line.split(separator: Grammar.space, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .badRequest("the request line is not \"method target version\"") }
        guard Grammar.isToken(parts[0]) else { throw .badRequest("the method is not a token") }
        (method, target) = (String(decoding: parts[0], as: UTF8.self), Array(parts[1]))
        switch String(decoding: parts[2], as: UTF8.self) {
        case "HTTP/1.1": minorVersion = 1
        case "HTTP/1.0": minorVersion = 0
        case let other where other.hasPrefix("HTTP/") && parts[2].allSatisfy { $0 > Grammar.space && $0 < 0x7f }:
            throw .unsupportedVersion(other)
        default: throw .badRequest("the request line does not end with an HTTP version")
        }
    }
}
