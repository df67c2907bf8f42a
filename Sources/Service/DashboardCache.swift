import Concentration
import Threads

/// The dashboards asked for lately, so that any number of polls costs one reading of the database a second.
final class DashboardCache: Sendable {
    private struct Entry {
        var view: DashboardView
        var readAt: Timestamp
    }
    private struct State {
        var entries: [String: Entry] = [:]
        /// Raised by every change, so that a view read before it is not kept after it.
        var generation = 0
    }

    /// Milliseconds until a view is read again although this process changed nothing.
    private static let lifetime: Int64 = 1000
    private static let limit = 256
    private let state = Monitor(State())

    /// Forgets one session, or all.
    func invalidate(_ session: String?) {
        state.withLock { state in
            state.generation += 1
            if let session { state.entries[session] = nil } else { state.entries = [:] }
        }
    }

    func view(of session: String, at now: Timestamp, read: () throws -> DashboardView) throws -> DashboardView {
        let (known, generation) = state.withLock { ($0.entries[session], $0.generation) }
        if let known, now < known.readAt + Self.lifetime, now >= known.readAt { return known.view }
        let view = try read()
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries.count >= Self.limit { state.entries = [:] }
            state.entries[session] = Entry(view: view, readAt: now)
        }
        return view
    }
}
