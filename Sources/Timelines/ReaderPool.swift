import Concentration

/// Read-only connections, each lent to one thread at a time. In WAL mode they see the last commit and never wait for the writer.
final class ReaderPool: @unchecked Sendable {
    private let monitor = Monitor()
    private var idle: [Connection] = []
    private var lent = 0
    private var isClosed = false

    init(path: String, count: Int) throws(StoreError) {
        for _ in 0..<max(count, 1) {
            let connection = try Connection(path: path, access: .readOnly)
            try connection.execute("PRAGMA query_only = ON; PRAGMA cache_size = -8192; PRAGMA mmap_size = 268435456")
            idle.append(connection)
        }
    }

    /// Runs `body` on one snapshot of the database; waits while all connections are lent.
    func read<T>(_ operation: String, _ body: (Connection) throws(StoreError) -> T) throws(StoreError) -> T {
        let borrowed: Connection? = monitor.locked {
            while idle.isEmpty && !isClosed { monitor.wait() }
            guard !isClosed else { return nil }
            lent += 1
            return idle.removeLast()
        }
        guard let connection = borrowed else { throw .closed }
        defer {
            monitor.locked {
                lent -= 1
                if !isClosed { idle.append(connection) }
                monitor.signal()
            }
        }
        connection.operation = operation
        return try connection.transaction("DEFERRED", body)
    }

    /// Waits for the lent connections and closes all.
    func close() {
        monitor.locked {
            isClosed = true
            idle = []
            monitor.signal()
            while lent > 0 { monitor.wait() }
        }
    }
}
