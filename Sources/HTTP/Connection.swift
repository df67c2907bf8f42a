import CEpoll
import Glibc

/// One client's connection: a state machine that lives on the reactor's thread.
///
/// One request is read, answered and written before the next is parsed, so that pipelined responses are in order and a
/// client that does not read is not read from. Events are edge-triggered: `readable` and `writable` stay set until a
/// call would block.
final class Connection {
    typealias Instant = ContinuousClock.Instant

    enum Phase {
        /// Between requests: no byte of the next one yet.
        case idle
        case head
        case body(Upload)
        /// The reply is awaited.
        case answering
        case streaming(ResponseStream, isChunked: Bool)
        /// Answered without its body, which is skipped.
        case draining
        /// Closes once the output is written.
        case closing
        /// Closed for writing; input is discarded up to so many bytes.
        case lingering(Int)
        case closed
    }

    /// An admitted request whose body is being read.
    struct Upload {
        var head: RequestHead
        var lane: Int
        var limit: Int
        /// What the application wants kept for as long as the request lives.
        var held: (any AnyObject & Sendable)?
        var body: [UInt8] = []
    }

    /// Reads and parser events before the other connections have their turn.
    private static let stepsPerTurn = 64

    let id: UInt64
    let socket: Int32
    let core: ServerCore
    var parser: RequestParser
    var output: [[UInt8]] = []
    /// Bytes of the first output segment that are written.
    var written = 0
    var phase = Phase.head
    /// Of the request being read or answered.
    var context = ResponseContext.unknown
    var requestID: UInt64 = 0
    /// Bytes of the body in `phase`, as counted in the statistics.
    var reserved = 0
    var phaseDeadline: Instant?
    var writeDeadline: Instant?
    /// Set at first: the request often comes with the connection.
    private var readable = true
    var writable = true
    /// The peer has sent its last byte; reading goes on until that byte is seen.
    private(set) var peerFinished = false
    /// The turn's share of steps was used up; more may wait.
    private(set) var wantsTurn = false

    init(id: UInt64, socket: Int32, core: ServerCore, now: Instant) {
        (self.id, self.socket, self.core) = (id, socket, core)
        parser = RequestParser(limits: core.configuration.parserLimits)
        phaseDeadline = now + core.configuration.deadlines.head
    }

    var isClosed: Bool { if case .closed = phase { true } else { false } }

    /// Waiting for a request that has not begun.
    var isIdle: Bool {
        switch phase {
        case .idle, .head: output.isEmpty && !parser.isMidRequest
        default: false
        }
    }

    var isStopping: Bool { core.isStopping.load(ordering: .relaxed) }

    var deadline: Instant? {
        guard let phaseDeadline else { return writeDeadline }
        return writeDeadline.map { min($0, phaseDeadline) } ?? phaseDeadline
    }

    /// Takes note of epoll's flags.
    func notice(_ events: UInt32) {
        if events & EPOLLOUT.rawValue != 0 { writable = true }
        // Hung up without an error: both sides have sent all, and the peer's last bytes are still to be read.
        if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue) != 0 { readable = true }
        if events & EPOLLRDHUP.rawValue != 0 { peerFinished = true }
        if events & EPOLLERR.rawValue != 0 { close() }
        if peerFinished, case .streaming = phase { close() }
    }

    /// Goes on as far as possible without blocking, and as far as is fair to the others.
    func advance(_ now: Instant, scratch: UnsafeMutableRawBufferPointer) {
        wantsTurn = false
        for _ in 0..<Self.stepsPerTurn {
            flush(now)
            switch phase {
            case .closed, .answering: return
            case .closing:
                guard output.isEmpty else { return }
                shutdown(socket, Int32(SHUT_WR))
                phase = .lingering(core.configuration.lingerLimit)
                let patience = core.configuration.deadlines.linger
                phaseDeadline = now + (isStopping ? min(patience, .seconds(1)) : patience)
            case .streaming(let stream, let isChunked):
                guard output.isEmpty, pump(stream, isChunked: isChunked, now) else { return }
                continue
            case .idle, .head:
                guard output.isEmpty else { return }
                if parse(now) { continue }
            case .body, .draining:
                if parse(now) { continue }
            case .lingering: break
            }
            guard readable else { return }
            receive(scratch)
        }
        wantsTurn = true
    }

    private func receive(_ scratch: UnsafeMutableRawBufferPointer) {
        let count = recv(socket, scratch.baseAddress, scratch.count, 0)
        if count > 0 {
            if count < scratch.count, !peerFinished { readable = false }
            core.counters.withLock { $0.bytesReceived += count }
            if case .lingering(let left) = phase {
                phase = .lingering(left - count)
                if left <= count { close() }
            } else {
                parser.append(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            }
        } else if count < 0, errno == EAGAIN {
            readable = false
        } else if count < 0, errno == EINTR {
            return
        } else {
            // The peer's end. An incomplete request is dropped; a complete one was answered before this was read.
            close()
        }
    }

    /// What a passed deadline means.
    func expire(_ now: Instant) {
        if let writeDeadline, writeDeadline <= now { return close() }
        guard let phaseDeadline, phaseDeadline <= now else { return }
        switch phase {
        case .head where parser.isMidRequest: refuseUnread(.timeout, now)
        case .body: refuse(.timeout, now)
        default: close()
        }
    }

    /// Closes unless a request has begun; looks once more for its bytes.
    func closeIfIdle(_ now: Instant, scratch: UnsafeMutableRawBufferPointer) {
        readable = true
        advance(now, scratch: scratch)
        if isIdle { close() }
    }

    /// Ends what may be ended at once when the server stops.
    func stop(_ now: Instant, scratch: UnsafeMutableRawBufferPointer) {
        if case .streaming(let stream, _) = phase { stream.finish() }
        closeIfIdle(now, scratch: scratch)
    }

    func close() {
        if case .closed = phase { return }
        if case .streaming(let stream, _) = phase { end(stream) }
        release()
        phase = .closed
        (output, writable, readable) = ([], false, false)
        Glibc.close(socket)
    }
}
