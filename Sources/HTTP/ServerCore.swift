import Synchronization
import Threads

/// What reactor, connections and workers share.
final class ServerCore: Sendable {
    let configuration: ServerConfiguration
    let handler: any Handler
    let lanes: [WorkerLane]
    let mailbox: Mailbox
    let counters = Monitor(ServerStatistics())
    /// Set once; responses close their connections from then on.
    let isStopping = Atomic(false)

    init(configuration: ServerConfiguration, handler: any Handler, mailbox: Mailbox) {
        (self.configuration, self.handler, self.mailbox) = (configuration, handler, mailbox)
        lanes = configuration.lanes.map(WorkerLane.init)
    }

    var statistics: ServerStatistics {
        var statistics = counters.withLock { $0 }
        statistics.lanes = lanes.map(\.statistics)
        return statistics
    }

    private static let requestIDs = Atomic<UInt64>(0)

    func nextRequestID() -> UInt64 { Self.requestIDs.add(1, ordering: .relaxed).newValue }

    /// The response, or a 500 where it cannot be sent.
    func encode(_ response: Response, for context: ResponseContext, requestID: UInt64) -> EncodedResponse {
        var context = context
        if isStopping.load(ordering: .relaxed) { context.keepsAlive = false }
        if let encoded = try? ResponseEncoder.encode(response, for: context) { return encoded }
        if case .stream(let stream) = response.body { stream.close() }
        let refusal = refusal(.internalError, requestID: requestID)
        if let encoded = try? ResponseEncoder.encode(refusal, for: context) { return encoded }
        let head = "HTTP/1.1 500 \(reason(500))\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        return EncodedResponse(status: 500, segments: [Array(head.utf8)], closes: true)
    }

    /// The application's response for what the server refuses, counted.
    func refusal(_ error: RequestError, requestID: UInt64) -> Response {
        counters.withLock { $0.refusals[error.status, default: 0] += 1 }
        return handler.refusal(
            status: error.status, code: error.code, message: error.message, requestID: requestID,
            retryAfter: error.status == 503 ? configuration.retryAfter : nil)
    }
}
