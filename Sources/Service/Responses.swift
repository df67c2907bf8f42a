import HTTP
import StrictJSON

extension Response {
    static func json(_ json: JSON, status: Int = 200, headers: [(String, String)] = []) -> Response {
        .json(bytes: json.bytes, status: status, headers: headers)
    }

    /// - Parameter bytes: JSON text.
    static func json(bytes: [UInt8], status: Int = 200, headers: [(String, String)] = []) -> Response {
        Response(
            status: status,
            headers: Headers([("Content-Type", "application/json"), ("Cache-Control", "no-store")] + headers),
            body: .bytes(bytes))
    }

    static func error(_ error: APIError, requestID: UInt64, headers: [(String, String)] = []) -> Response {
        var headers = headers
        if let seconds = error.retryAfter { headers.append(("Retry-After", String(seconds))) }
        if error.code == .unauthorized { headers.append(("WWW-Authenticate", "Bearer")) }
        return .json(error.json(requestID: String(requestID)), status: error.code.status, headers: headers)
    }

    static let noContent = Response(status: 204)

    /// Whether `If-None-Match` names this validator (RFC 9110 §13.1.2, weak comparison).
    static func isUnchanged(_ head: RequestHead, etag: String) -> Bool {
        head.headers.values("If-None-Match").joined(separator: ",").split(separator: ",").contains { candidate in
            let text = candidate.filter { $0 != " " && $0 != "\t" }
            return text == "*" || text.trimmingPrefix("W/") == etag.trimmingPrefix("W/")
        }
    }
}
