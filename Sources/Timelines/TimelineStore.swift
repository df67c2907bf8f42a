import Concentration

/// Reports in the database and timelines out. Safe to use from any thread: one thread writes with group commit, reads run
/// beside it on snapshots. The operations are in extensions, one file for each subject.
public final class TimelineStore: Sendable {
    let writer: Writer
    let readers: ReaderPool
    let minutes = MinuteCache()

    /// Opens or creates the database file and migrates its schema.
    /// - Parameters:
    ///   - readers: connections for reading, that is reads at the same time.
    ///   - queueLimit: writes that may wait before `overloaded` is answered.
    ///   - mustExist: takes a database that is there only, and no empty file.
    /// - Throws: `notClassPulse` for another program's file, to which nothing is written.
    public init(
        path: String, readers: Int = 4, queueLimit: Int = 4096, mustExist: Bool = false
    ) throws(StoreError) {
        if mustExist { try Schema.requireDatabase(at: path) }
        let connection = try Self.openForWriting(path)
        try Schema.migrate(connection)
        self.readers = try ReaderPool(path: path, count: readers)
        writer = Writer(connection: connection, queueLimit: queueLimit)
    }

    /// Writes what is queued, then closes. Later operations throw `closed`.
    public func close() {
        // The writer last: the last connection takes the log into the file, which a reader cannot do.
        readers.close()
        writer.close()
    }

    private static func openForWriting(_ path: String) throws(StoreError) -> Connection {
        let connection = try Connection(path: path, access: .readWrite)
        guard try Schema.owner(of: connection) != .other else { throw .notClassPulse(path: path) }
        try configure(connection)
        return connection
    }

    /// The settings of a connection that writes. An acknowledged commit survives a power cut, deleted rows are
    /// overwritten, and a log left by an earlier process is taken into the file.
    static func configure(_ connection: Connection) throws(StoreError) {
        try connection.execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
            PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384
            """)
        // A reader in the way, such as a backup, only delays it: the writer tries again. To wait for it here would hold
        // the write lock meanwhile, against every other process.
        connection.mustTruncateLog = true
        connection.withoutWaiting(connection.truncateLog)
    }

    func read<T>(_ operation: String, _ body: (Connection) throws(StoreError) -> T) throws(StoreError) -> T {
        try readers.read(operation, body)
    }

    func write<T>(
        _ operation: String, _ work: @escaping @Sendable (Connection) throws(StoreError) -> T
    ) throws(StoreError) -> T {
        try writer.perform(operation, work)
    }

    deinit { close() }
}
