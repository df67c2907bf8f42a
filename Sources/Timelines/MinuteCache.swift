import Concentration
import Threads

/// One minute of a class.
struct ClassMinute: Sendable {
    var median, q1, q3, coverage: Double?
    /// Students, or most faces of one group frame, whose scores are in it.
    var counted: Int
    /// The students' 10-second windows in order of time; nil once the minute is too old for the spark lines.
    var windows: [Int64: [Rollup]]?
}

/// Remembers the minutes of lessons, each with the revision it was read at: the table `minutes` tells what has changed
/// since, whoever changed it, late frames and erasures included.
final class MinuteCache: Sendable {
    private struct Entry {
        var revision: Int64
        var minute: ClassMinute
    }

    var generation: Int { state.withLock { $0.generation } }

    /// Lessons remembered at a time.
    private static let sessionLimit = 32

    private struct State {
        var entries: [Int64: [Int64: Entry]] = [:]
        /// Grows with every `forget`.
        var generation = 0
    }

    private let state = Monitor(State())

    /// After rows of `minutes` were deleted: a minute that comes back may come back with a revision that is remembered.
    func forget() {
        state.withLock { state in
            state.entries = [:]
            state.generation += 1
        }
    }

    /// A session's minutes by their start in milliseconds; `read` is asked for those that are new or have changed, in
    /// the same snapshot of the database in which `revisions` was read.
    /// - Parameter generation: of before that snapshot; what was forgotten since stays so.
    /// - Parameter recent: from this minute on windows are needed.
    func minutes(
        session: Int64, revisions: [(start: Int64, revision: Int64)], recent: Int64, generation: Int,
        read: (Int64) throws(StoreError) -> ClassMinute
    ) throws(StoreError) -> [Int64: ClassMinute] {
        let known = state.withLock { $0.entries[session] ?? [:] }
        var current: [Int64: Entry] = [:]
        for (start, revision) in revisions {
            var entry: Entry
            if let found = known[start], found.revision == revision, start < recent || found.minute.windows != nil {
                entry = found
            } else {
                entry = Entry(revision: revision, minute: try read(start))
            }
            if start < recent { entry.minute.windows = nil }
            current[start] = entry
        }
        let updated = current
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries[session] == nil, state.entries.count >= Self.sessionLimit { state.entries.removeAll() }
            state.entries[session] = updated
        }
        return updated.mapValues(\.minute)
    }
}
