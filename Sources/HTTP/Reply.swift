import Synchronization

/// Answers one request, from any thread. Only the first call counts; dropped uncalled it answers for itself.
public final class Reply: Sendable {
    private let deliver: @Sendable (Response?) -> Void
    private let answered = Atomic(false)

    /// - Parameter deliver: gets the response, or nil if the reply was dropped uncalled.
    public init(_ deliver: @escaping @Sendable (Response?) -> Void) { self.deliver = deliver }

    public func callAsFunction(_ response: Response) {
        if answered.exchange(true, ordering: .acquiringAndReleasing) {
            if case .stream(let stream) = response.body { stream.close() }
        } else {
            deliver(response)
        }
    }

    deinit {
        if !answered.load(ordering: .acquiring) { deliver(nil) }
    }
}
