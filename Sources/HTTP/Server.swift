import CEpoll
import Glibc
import Threads

/// An HTTP/1.1 server: one reactor thread for the sockets, worker threads by lane for the handler.
public final class Server: Sendable {
    private enum State: Sendable, Equatable {
        case new, running
        case ended(isClean: Bool)
    }

    private let core: ServerCore
    private let state = Monitor(State.new)

    public init(configuration: ServerConfiguration, handler: some Handler) throws(ServerError) {
        core = ServerCore(configuration: configuration, handler: handler, mailbox: try Mailbox())
    }

    deinit { core.mailbox.post(.stop(ContinuousClock.now)) }

    public var statistics: ServerStatistics { core.statistics }

    /// Listens and serves on threads of its own. Raises the soft limit of open files to what the connection limit needs.
    /// - Returns: the port.
    @discardableResult
    public func start() throws(ServerError) -> UInt16 {
        let mayStart = state.withLock { state in
            guard state == .new else { return false }
            state = .running
            return true
        }
        guard mayStart else { throw .alreadyStarted }
        do {
            return try launch()
        } catch {
            state.update { $0 = .ended(isClean: true) }
            throw error
        }
    }

    private func launch() throws(ServerError) -> UInt16 {
        raiseDescriptorLimit(to: core.configuration.connectionLimit + 256)
        let listener = try Listener(host: core.configuration.host, port: core.configuration.port)
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else {
            listener.close()
            throw .system(call: "epoll_create1", errno: errno)
        }
        do {
            try startThreads(listener, epoll: epoll)
        } catch {
            for lane in core.lanes { lane.stop(atMost: .zero) }
            listener.close()
            Glibc.close(epoll)
            throw error
        }
        return listener.port
    }

    private func startThreads(_ listener: Listener, epoll: Int32) throws(ServerError) {
        for lane in core.lanes { try lane.start() }
        do {
            try startThread { [core, state] in
                let isClean = Reactor(core: core, listener: listener, epoll: epoll).run()
                for lane in core.lanes { lane.stop(atMost: .zero) }
                state.update { $0 = .ended(isClean: isClean) }
            }
        } catch {
            throw ServerError(error)
        }
    }

    /// Stops: new connections are refused, idle ones closed, streams finished, requests under way answered.
    /// Blocks until that is done, or the time has passed, when the remaining connections are cut.
    /// - Returns: whether everything was done in time.
    @discardableResult
    public func stop(within limit: Duration = .seconds(10)) -> Bool {
        if state.withLock({ $0 == .new }) { return true }
        let deadline = ContinuousClock.now + limit
        core.mailbox.post(.stop(deadline))
        let isClean = state.wait { state in
            if case .ended(let isClean) = state { isClean } else { nil }
        }
        let areIdle = core.lanes.map { $0.stop(atMost: max(ContinuousClock.now.duration(to: deadline), .zero)) }
        return isClean && areIdle.allSatisfy { $0 }
    }
}

private func raiseDescriptorLimit(to wanted: Int) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(wanted) else {
        return
    }
    limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
