import Threads

/// A response body that is produced over time, such as server-sent events. Safe to use from any thread.
///
/// Bytes sent before the response is on its way are kept; all bytes not yet handed to the socket together are bounded.
public final class ResponseStream: Sendable {
    private struct State: Sendable {
        var pending: [UInt8] = []
        var isFinished = false
        var isClosed = false
        /// The connection is done with the stream.
        var isDetached = false
        /// `wake` was called and `take` not yet.
        var isSignalled = false
        var wake: (@Sendable () -> Void)?
        var closeActions: [@Sendable () -> Void] = []

        mutating func signal() -> (@Sendable () -> Void)? {
            guard !isSignalled, let wake else { return nil }
            isSignalled = true
            return wake
        }
    }
    private let state = Monitor(State())
    private let bufferLimit: Int

    /// - Parameter bufferLimit: bytes kept for a slow peer; one that is further behind is disconnected.
    public init(bufferLimit: Int = 1 << 20) { self.bufferLimit = bufferLimit }

    /// Queues bytes; false once the peer has gone, the stream is finished, or the buffer limit is passed (the
    /// connection is then closed).
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        let (accepted, wake) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard !state.isClosed, !state.isFinished else { return (false, nil) }
            guard state.pending.count + bytes.count <= bufferLimit else {
                state.isClosed = true
                return (false, state.signal())
            }
            state.pending += bytes
            return (true, state.signal())
        }
        wake?()
        return accepted
    }

    /// Ends the body after what was sent.
    public func finish() {
        let wake = state.withLock { state in
            state.isFinished = true
            return state.signal()
        }
        wake?()
    }

    /// Registers what to do once when the connection is done with the stream: finished, peer gone, server stopped.
    /// Runs on the reactor, or right here if that is already so; must not block.
    public func onClose(_ action: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            guard !state.isDetached else { return true }
            state.closeActions.append(action)
            return false
        }
        if isOver { action() }
    }
}

/// The connection's side.
extension ResponseStream {
    /// What the connection is to do next.
    enum Piece {
        case nothing
        case bytes([UInt8])
        case finished
        /// The buffer limit was passed.
        case overflowed
    }

    /// - Parameter wake: called, from any thread, when `take` has something new.
    func attach(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

    func take() -> Piece {
        state.withLock { state in
            state.isSignalled = false
            if state.isClosed { return .overflowed }
            guard state.pending.isEmpty else {
                defer { state.pending = [] }
                return .bytes(state.pending)
            }
            return state.isFinished ? .finished : .nothing
        }
    }

    /// No more bytes are taken; runs the close actions once.
    func close() {
        let actions = state.withLock { state in
            (state.isClosed, state.isDetached, state.wake) = (true, true, nil)
            state.pending = []
            defer { state.closeActions = [] }
            return state.closeActions
        }
        for action in actions { action() }
    }
}
