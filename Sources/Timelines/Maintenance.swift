import Concentration

/// Work on a database that nothing else uses, for `classpulse db`.
public final class Maintenance {
    private let connection: Connection

    /// Opens an existing database for itself alone and migrates it.
    /// - Throws: `database` with `isBusy` where another process has it open; `notClassPulse` for an empty file or another
    ///   program's, to which nothing is written.
    public init(path: String) throws(StoreError) {
        try Schema.requireDatabase(at: path)
        connection = try Connection(path: path, access: .readWrite, mustExist: true, busyTimeout: 1000)
        connection.operation = "locking the database"
        try connection.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
        try TimelineStore.configure(connection)
        try Schema.migrate(connection)
    }

    /// Fills the derived tables from the frames anew.
    /// - Returns: the number of frames.
    public func rebuild() throws(StoreError) -> Int {
        connection.operation = "rebuilding the rollups"
        return try connection.transaction("IMMEDIATE") { connection throws(StoreError) in
            try connection.execute("DELETE FROM session_rules; \(Schema.sessionRules)")
            return try connection.rebuildRollups()
        }
    }

    /// What is wrong with the file or its references; empty where all is well.
    public func check() throws(StoreError) -> [String] {
        connection.operation = "checking the database"
        let faults = try connection.all("PRAGMA integrity_check") { row in row.text(0) }.filter { $0 != "ok" }
        let dangling = try connection.all("PRAGMA foreign_key_check") { row in
            // A table without rowids gives no number.
            let place = row.optional(1, Row.key).map { "row \($0)" } ?? "a row"
            return "\(place) of \(row.text(0)) refers to a missing row of \(row.text(2))"
        }
        return faults + dangling
    }

    /// Gives free pages back to the file system.
    /// - Returns: the file's size in bytes before and after.
    public func vacuum() throws(StoreError) -> (before: Int, after: Int) {
        connection.operation = "vacuuming the database"
        let before = try size()
        try connection.rewrite()
        try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return (before, try size())
    }

    private func size() throws(StoreError) -> Int {
        let pages = try connection.first("PRAGMA page_count") { row in row.integer(0) } ?? 0
        return pages * (try connection.first("PRAGMA page_size") { row in row.integer(0) } ?? 0)
    }
}
