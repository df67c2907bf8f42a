/// Counts since the start, and the state now.
public struct ServerStatistics: Sendable, Hashable {
    public struct Lane: Sendable, Hashable {
        public var name: String
        public var waiting = 0
        public var running = 0
        public var queueLimit: Int
        public var finished = 0
        /// Requests answered 503 because the queue was full.
        public var refused = 0
    }

    public var openConnections = 0
    public var acceptedConnections = 0
    /// Turned away at the connection limit or for want of descriptors.
    public var refusedConnections = 0
    /// Idle connections closed to make room.
    public var evictedConnections = 0
    /// Requests whose head was read.
    public var requests = 0
    /// Answers by status, refusals among them.
    public var responses: [Int: Int] = [:]
    /// What the server refused by itself, by status: protocol errors, deadlines, full queues.
    public var refusals: [Int: Int] = [:]
    /// Bytes of the bodies in memory: those being received, and those of requests that wait or are being answered.
    public var bodyBytes = 0
    public var bytesReceived = 0
    public var bytesSent = 0
    /// Responses that are streams now.
    public var openStreams = 0
    public var lanes: [Lane] = []
}
