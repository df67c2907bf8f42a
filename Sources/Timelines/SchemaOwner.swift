import Glibc

extension Schema {
    /// Whose tables a file holds.
    enum Owner { case nobody, thisProgram, other }

    /// Reads from one snapshot, so that another process that makes the schema meanwhile is seen to have done all or nothing.
    static func owner(of connection: Connection) throws(StoreError) -> Owner {
        return try connection.transaction("DEFERRED") { connection throws(StoreError) in
            let version = try connection.first("PRAGMA user_version") { row in row.integer(0) } ?? 0
            let known = "type = 'table' AND name IN ('classes', 'frames', 'audit')"
            let tables = try connection.first(
                "SELECT count(*), count(*) FILTER (WHERE \(known)) FROM sqlite_schema"
            ) { row in (all: row.integer(0), known: row.integer(1)) }
            guard let tables, tables.all > 0 || version != 0 else { return .nobody }
            return version > 0 && tables.known == 3 ? .thisProgram : .other
        }
    }

    /// Looks at a database that must be there, and lets go of it again; nothing is written to a file that is none.
    /// - Throws: `notClassPulse` for an empty file or another program's; `database` where it cannot be read.
    static func requireDatabase(at path: String) throws(StoreError) {
        // SQLite would delete a log beside an empty file, which may be what is left of a lost database.
        var facts = stat()
        if stat(path, &facts) == 0 && facts.st_size == 0 { throw .notClassPulse(path: path) }
        let connection = try Connection(path: path, access: .readWrite, mustExist: true, busyTimeout: 1000)
        defer { connection.close() }
        guard try owner(of: connection) == .thisProgram else { throw .notClassPulse(path: path) }
    }
}
