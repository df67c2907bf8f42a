import Glibc
import Threads

/// Everything the server can be told, with the defaults; Docs/HTTP.md gives the reasons.
public struct ServerConfiguration: Sendable {
    /// A bounded queue with its own worker threads, so that slow work cannot hold up quick work.
    public struct Lane: Sendable, Hashable {
        public var name: String
        public var threads: Int
        /// Requests that may wait; one more is answered 503 with Retry-After.
        public var queueLimit: Int
        public init(name: String, threads: Int, queueLimit: Int) {
            (self.name, self.threads, self.queueLimit) = (name, max(threads, 1), max(queueLimit, 1))
        }
    }

    /// All absolute: a byte now and then does not extend them.
    public struct Deadlines: Sendable, Hashable {
        /// From the first byte of a request, or from the connection, to the end of the head: 408.
        public var head = Duration.seconds(10)
        /// From the end of the head to the end of the body: 408.
        public var body = Duration.seconds(30)
        /// From the first unsent byte to none left: the connection is cut.
        public var write = Duration.seconds(30)
        /// From a response to the next request's first byte: the connection is closed.
        public var idle = Duration.seconds(60)
        /// How long a closed connection's remaining input is discarded (RFC 9112 §9.6).
        public var linger = Duration.seconds(5)
        public init() {}
    }

    public var host = "127.0.0.1"
    /// 0 lets the system choose.
    public var port: UInt16 = 8080
    /// Connections at once, from any address: a school sits behind one address. One more is answered 503 unless an
    /// idle one can be closed for it.
    public var connectionLimit = 4_096
    public var parserLimits = RequestParser.Limits()
    public var deadlines = Deadlines()
    /// Bytes of all bodies at once, until their requests are answered; a request that passes it is answered 503.
    public var bodyBytesLimit = 256 << 20
    /// Bytes of an unread body that are skipped to keep the connection; a longer one closes it (RFC 9112 §9.3).
    public var drainLimit = 65_536
    /// Bytes discarded after a closing response, so that it is not lost to a reset while the client still uploads.
    public var lingerLimit = 16 << 20
    /// Seconds in the Retry-After of a 503.
    public var retryAfter = 1
    public var lanes: [Lane]

    /// - Parameter lanes: at least one; `Admission.accept` names them by index.
    public init(lanes: [Lane]) { self.lanes = lanes }
}

/// Why the server cannot start.
public enum ServerError: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownHost(String)
    case cannotListen(host: String, port: UInt16, errno: Int32)
    case system(call: String, errno: Int32)
    case alreadyStarted

    init(_ error: ThreadError) { self = .system(call: "pthread_create", errno: error.errno) }

    public var description: String {
        switch self {
        case .unknownHost(let host): "\(host) is no address of this machine"
        case .cannotListen(let host, let port, let code): "cannot listen on \(host):\(port): \(Self.text(code))"
        case .system(let call, let code): "\(call): \(Self.text(code))"
        case .alreadyStarted: "the server was started before"
        }
    }
    private static func text(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}
