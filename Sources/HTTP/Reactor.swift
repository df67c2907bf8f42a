import CEpoll
import Glibc

/// The one thread that owns all sockets: waits with epoll, lets connections advance, watches deadlines.
final class Reactor {
    private static let listenerToken: UInt64 = 0
    private static let mailboxToken: UInt64 = 1
    /// Deadlines are looked at no more often than this.
    private static let tick = Duration.milliseconds(20)
    /// How long accepting rests when not even the spare descriptor helps.
    private static let acceptPause = Duration.milliseconds(100)
    /// Idle connections that are looked at before a newcomer is refused.
    private static let evictionTries = 8
    /// Connections beyond the limit, kept only to tell them so.
    private static let refusalRoom = 64

    private let core: ServerCore
    private let epoll: Int32
    private var listener: Listener
    private var isListening = true
    private var acceptsAgain: ContinuousClock.Instant?
    private var connections: [UInt64: Connection] = [:]
    private var lastID: UInt64 = 1
    /// Connections that go on in the next turn.
    private var ready = TurnQueue()
    /// No connection's deadline is earlier; it may be later.
    private var nextDeadline: ContinuousClock.Instant?
    private var stopDeadline: ContinuousClock.Instant?
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    private var now = ContinuousClock.now

    init(core: ServerCore, listener: Listener, epoll: Int32) {
        (self.core, self.listener, self.epoll) = (core, listener, epoll)
    }

    deinit { scratch.deallocate() }

    /// Until stopped; true if every connection was done by then.
    func run() -> Bool {
        watch(listener.socket, token: Self.listenerToken, events: EPOLLIN.rawValue)
        watch(core.mailbox.descriptor, token: Self.mailboxToken, events: EPOLLIN.rawValue)
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        var isPatient = true
        while stopDeadline == nil || (!connections.isEmpty && isPatient) {
            let count = epoll_wait(epoll, &events, Int32(events.count), timeout())
            now = ContinuousClock.now
            let resumed = ready.takeAll()
            for event in events.prefix(Int(max(count, 0))) { handle(event) }
            for id in resumed { advance(id) }
            expireDeadlines()
            if let stopDeadline { isPatient = now < stopDeadline }
        }
        let isClean = connections.isEmpty
        for connection in connections.values { connection.close() }
        Glibc.close(epoll)
        return isClean
    }

    private func handle(_ event: epoll_event) {
        switch event.data.u64 {
        case Self.listenerToken: acceptConnections()
        case Self.mailboxToken:
            for message in core.mailbox.takeAll() { handle(message) }
        case let id:
            connections[id]?.notice(event.events)
            advance(id)
        }
    }

    private func handle(_ message: Mailbox.Message) {
        switch message {
        case .response(let response, let id):
            if let connection = connections[id] { connection.deliver(response, now) } else { response.stream?.close() }
            advance(id)
        case .streamReady(let id): advance(id)
        case .stop(let deadline): beginStop(deadline)
        }
    }

    private func advance(_ id: UInt64) {
        guard let connection = connections[id] else { return }
        connection.advance(now, scratch: scratch)
        settle(connection)
    }

    private func settle(_ connection: Connection) {
        if connection.isClosed {
            connections[connection.id] = nil
            core.counters.withLock { $0.openConnections -= 1 }
            return
        }
        if connection.wantsTurn { ready.append(connection.id) }
        if let deadline = connection.deadline { nextDeadline = nextDeadline.map { min($0, deadline) } ?? deadline }
    }

    private func watch(_ descriptor: Int32, token: UInt64, events: UInt32) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: token))
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
    }
}

/// Connections coming in.
extension Reactor {
    private func acceptConnections() {
        for _ in 0..<64 where isListening && acceptsAgain == nil {
            if connections.count >= core.configuration.connectionLimit + Self.refusalRoom { return pauseAccepting() }
            switch listener.accept(writeDeadline: core.configuration.deadlines.write) {
            case .connection(let socket): open(socket)
            case .none: return
            case .exhausted: relieve()
            case .failed: pauseAccepting()
            }
        }
    }

    private func open(_ socket: Int32) {
        let isFull = connections.count >= core.configuration.connectionLimit && !evictIdle()
        lastID += 1
        let connection = Connection(id: lastID, socket: socket, core: core, now: now)
        connections[lastID] = connection
        core.counters.withLock { counters in
            counters.openConnections += 1
            counters.acceptedConnections += 1
            if isFull { counters.refusedConnections += 1 }
        }
        watch(
            socket, token: lastID, events: EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        )
        if isFull { connection.refuseUnread(.overloaded("too many connections"), now) }
        advance(lastID)
    }

    /// Closes the connection whose wait for a request would end first, if any waits. One whose request has just come is spared,
    /// and the next one looked at.
    private func evictIdle() -> Bool {
        for _ in 0..<Self.evictionTries {
            let idle = connections.values.filter(\.isIdle)
            guard let oldest = idle.min(by: { ($0.phaseDeadline ?? now) < ($1.phaseDeadline ?? now) }) else { break }
            oldest.closeIfIdle(now, scratch: scratch)
            settle(oldest)
            guard oldest.isClosed else { continue }
            core.counters.withLock { $0.evictedConnections += 1 }
            return true
        }
        return false
    }

    /// No descriptor is left: makes room, or turns one away, or rests; never spins.
    private func relieve() {
        if evictIdle() { return }
        let refusal = core.refusal(.overloaded("too many connections"), requestID: core.nextRequestID())
        let response = core.encode(refusal, for: .unknown, requestID: 0)
        core.counters.withLock { $0.refusedConnections += 1 }
        if !listener.shed(Array(response.segments.joined())) { pauseAccepting() }
    }

    private func pauseAccepting() {
        setAccepting(false)
        acceptsAgain = now + Self.acceptPause
    }

    private func setAccepting(_ isOn: Bool) {
        var event = epoll_event(events: isOn ? EPOLLIN.rawValue : 0, data: epoll_data_t(u64: Self.listenerToken))
        epoll_ctl(epoll, EPOLL_CTL_MOD, listener.socket, &event)
    }
}

/// Time.
extension Reactor {
    /// Milliseconds for epoll_wait, rounded up.
    private func timeout() -> Int32 {
        if !ready.isEmpty { return 0 }
        guard let wake = [nextDeadline, acceptsAgain, stopDeadline].compactMap({ $0 }).min() else { return -1 }
        let (seconds, attoseconds) = max(ContinuousClock.now.duration(to: wake), Self.tick).components
        return Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
    }

    private func expireDeadlines() {
        if let moment = acceptsAgain, moment <= now {
            acceptsAgain = nil
            if isListening { setAccepting(true) }
        }
        guard let due = nextDeadline, due <= now else { return }
        nextDeadline = nil
        for connection in Array(connections.values) {
            if let deadline = connection.deadline, deadline <= now {
                connection.expire(now)
                connection.advance(now, scratch: scratch)
            }
            settle(connection)
        }
    }

    private func beginStop(_ deadline: ContinuousClock.Instant) {
        stopDeadline = deadline
        guard isListening else { return }
        isListening = false
        core.isStopping.store(true, ordering: .relaxed)
        listener.close()
        for connection in Array(connections.values) {
            connection.stop(now, scratch: scratch)
            settle(connection)
        }
    }
}
