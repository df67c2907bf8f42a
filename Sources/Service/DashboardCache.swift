import Concentration
import Threads

/// The dashboards asked for lately: polls between two changes of a lesson cost one reading of the database a second.
final class DashboardCache: Sendable {
    private struct Entry {
        var view: DashboardView
        var readAt: Timestamp
    }
    private struct State {
        var entries: [String: Entry] = [:]
        /// Raised by every change of a session, and `all` by those of all, so that a view read before is not kept after.
        var generations: [String: Int] = [:]
        var all = 0

        func generation(of session: String) -> [Int] { [generations[session, default: 0], all] }
    }

    /// Milliseconds until a view is read again although this process changed nothing.
    private static let lifetime: Int64 = 1000
    private static let limit = 256
    /// Sessions whose changes are counted apart, before the count starts anew.
    private static let sessions = 4096
    private let state = Monitor(State())

    /// Forgets one session, or all.
    func invalidate(_ session: String?) {
        state.withLock { state in
            if let session, state.generations.count < Self.sessions {
                state.generations[session, default: 0] += 1
                state.entries[session] = nil
            } else {
                state.all += 1
                (state.entries, state.generations) = ([:], [:])
            }
        }
    }

    func view(of session: String, at now: Timestamp, read: () throws -> DashboardView) throws -> DashboardView {
        let (known, generation) = state.withLock { ($0.entries[session], $0.generation(of: session)) }
        if let known, now < known.readAt + Self.lifetime, now >= known.readAt { return known.view }
        let view = try read()
        state.withLock { state in
            guard state.generation(of: session) == generation else { return }
            if state.entries.count >= Self.limit { state.entries = [:] }
            state.entries[session] = Entry(view: view, readAt: now)
        }
        return view
    }
}
