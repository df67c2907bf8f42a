import Threads

/// The share of a body in `ServerStatistics.bodyBytes`, from the end of its upload until its request is answered.
final class CountedBody: Sendable {
    private let bytes: Int
    private let counters: Monitor<ServerStatistics>

    init(bytes: Int, counters: Monitor<ServerStatistics>) { (self.bytes, self.counters) = (bytes, counters) }

    deinit {
        if bytes > 0 { counters.withLock { $0.bodyBytes -= bytes } }
    }
}
