import Concentration
import HTTP
import Threads

/// The open streams of server-sent events (WHATWG HTML §9.2). `tick` sends what has changed.
final class EventHub: Sendable {
    private struct Subscriber {
        var stream: ResponseStream
        var session: String
        var principal: Principal?
        var etag: String
        var lastSent: Timestamp
    }

    /// Milliseconds without an event after which a comment shows that the stream lives.
    private static let heartbeat: Int64 = 15_000
    private let subscribers = Monitor<[ObjectIdentifier: Subscriber]>([:])

    func subscribe(
        _ stream: ResponseStream, to session: String, as principal: Principal?, first view: DashboardView,
        at now: Timestamp
    ) {
        let id = ObjectIdentifier(stream)
        stream.send(Self.event(view, at: now))
        subscribers.withLock {
            $0[id] = Subscriber(stream: stream, session: session, principal: principal, etag: view.etag, lastSent: now)
        }
        stream.onClose { [weak self] in self?.subscribers.withLock { $0[id] = nil } }
    }

    /// - Parameters:
    ///   - isValid: whether a subscriber's token still is; its stream ends otherwise.
    ///   - view: the dashboard of a session, nil where it cannot be read now.
    func tick(at now: Timestamp, isValid: (Principal) -> Bool, view: (String) -> DashboardView?) {
        let current = subscribers.withLock { $0 }
        var views: [String: DashboardView?] = [:]
        for (id, subscriber) in current {
            guard subscriber.principal.map(isValid) ?? true else {
                subscriber.stream.finish()
                subscribers.withLock { $0[id] = nil }
                continue
            }
            let latest = views[subscriber.session] ?? view(subscriber.session)
            views[subscriber.session] = .some(latest)
            if let latest, latest.etag != subscriber.etag {
                send(Self.event(latest, at: now), to: id, etag: latest.etag, at: now)
            } else if now >= subscriber.lastSent + Self.heartbeat {
                send(Array(": alive\n\n".utf8), to: id, etag: subscriber.etag, at: now)
            }
        }
    }

    func finishAll() {
        for subscriber in subscribers.withLock({ $0.values }) { subscriber.stream.finish() }
    }

    private func send(_ bytes: [UInt8], to id: ObjectIdentifier, etag: String, at now: Timestamp) {
        subscribers.withLock { subscribers in
            guard subscribers[id]?.stream.send(bytes) == true else {
                subscribers[id] = nil
                return
            }
            subscribers[id]?.etag = etag
            subscribers[id]?.lastSent = now
        }
    }

    private static func event(_ view: DashboardView, at now: Timestamp) -> [UInt8] {
        Array("event: dashboard\ndata: ".utf8) + view.bytes(at: now) + Array("\n\n".utf8)
    }
}
