import Concentration
import Threads

/// Read-only connections, each lent to one thread at a time. In WAL mode they see the last commit and never wait for the writer.
final class ReaderPool: Sendable {
    private struct State {
        var idle: [Connection] = []
        var lent = 0
        var isClosed = false
    }

    private let state = Monitor(State())

    init(path: String, count: Int) throws(StoreError) {
        for _ in 0..<max(count, 1) {
            let connection = try Connection(path: path, access: .readOnly)
            try connection.execute("PRAGMA query_only = ON; PRAGMA cache_size = -8192; PRAGMA mmap_size = 268435456")
            state.withLock { $0.idle.append(connection) }
        }
    }

    /// Runs `body` on one snapshot of the database; waits while all connections are lent.
    func read<T>(_ operation: String, _ body: (Connection) throws(StoreError) -> T) throws(StoreError) -> T {
        let borrowed: Connection? = state.wait { state in
            if state.isClosed { return .some(nil) }
            guard let connection = state.idle.popLast() else { return nil }
            state.lent += 1
            return connection
        }
        guard let connection = borrowed else { throw .closed }
        defer {
            state.update { state in
                state.lent -= 1
                if !state.isClosed { state.idle.append(connection) }
            }
        }
        connection.operation = operation
        return try connection.transaction("DEFERRED", body)
    }

    /// Waits for the lent connections and closes all.
    func close() {
        state.update { state in
            state.isClosed = true
            state.idle = []
        }
        state.wait { $0.lent == 0 ? () : nil }
    }
}
