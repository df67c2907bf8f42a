import Glibc

/// No thread could be made: errno of `pthread_create`.
public struct ThreadError: Error, Hashable {
    public let errno: Int32
}

/// A running POSIX thread. Exactly one of `join` and `detach` is called on it.
public struct ThreadHandle: Sendable {
    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let id: pthread_t

    /// Runs the work on a new thread.
    public init(_ work: @escaping @Sendable () -> Void) throws(ThreadError) {
        let box = Unmanaged.passRetained(Work(work))
        var id = pthread_t()
        let status = pthread_create(
            &id, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            box.release()
            throw ThreadError(errno: status)
        }
        self.id = id
    }

    /// Whether the caller runs on it.
    public var isCurrent: Bool { pthread_equal(id, pthread_self()) != 0 }

    /// Blocks until it has ended.
    public func join() { pthread_join(id, nil) }

    /// Lets it end by itself.
    public func detach() { pthread_detach(id) }
}

/// Runs the work on a new thread that nobody waits for.
public func startThread(_ work: @escaping @Sendable () -> Void) throws(ThreadError) { try ThreadHandle(work).detach() }
