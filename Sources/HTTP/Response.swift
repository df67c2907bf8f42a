/// The answer to one request. The server adds `Date`, `Content-Length` or `Transfer-Encoding`, and `Connection`;
/// these are ignored when given here, except that `Connection: close` closes the connection after the response.
public struct Response: Sendable {
    /// 200…599.
    public var status: Int
    /// A name that is no token or a value with a control byte (CR and LF among them) turns the response into a 500.
    public var headers: Headers
    public var body: Body

    public enum Body: Sendable {
        case bytes([UInt8])
        /// Written as it is produced, chunked; ends when the stream is finished or the peer goes.
        case stream(ResponseStream)
    }

    public init(status: Int, headers: Headers = Headers(), body: Body = .bytes([])) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    public static func text(_ text: String, status: Int = 200) -> Response {
        Response(
            status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
    }
}
