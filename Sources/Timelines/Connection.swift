import CSQLite
import Concentration
import Glibc

/// One connection to the database with its prepared statements. Used by one thread at a time.
final class Connection {
    enum Access { case readWrite, readOnly }

    private let handle: OpaquePointer
    private var isOpen = true
    private var statements: [String: Statement] = [:]
    /// What an erasure changed is only in the write-ahead log: the file itself still has the erased bytes.
    var mustTruncateLog = false
    private let busyTimeout: Int32
    /// Named in errors.
    var operation = "opening the database"

    /// - Parameter busyTimeout: milliseconds to wait for another process.
    /// - Throws: `unsupportedPath` for what SQLite may take for something other than a file's name.
    init(path: String, access: Access, mustExist: Bool = false, busyTimeout: Int32 = 5000) throws(StoreError) {
        guard !path.isEmpty, !path.hasPrefix(":"), !path.hasPrefix("file:") else { throw .unsupportedPath(path) }
        var opened: OpaquePointer?
        var flags = access == .readWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        if access == .readWrite && !mustExist {
            flags |= SQLITE_OPEN_CREATE
            // A new file is its owner's alone; SQLite gives the log and its index the same permissions. An existing one
            // must not be opened beside SQLite: closing it would drop the process's locks.
            let file = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if file >= 0 { Glibc.close(file) }
        }
        let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened else {
            throw .database(DatabaseError(operation: "opening \(path)", code: code, message: "out of memory"))
        }
        guard code == SQLITE_OK else {
            let message = String(cString: sqlite3_errmsg(opened))
            let extended = sqlite3_extended_errcode(opened)
            sqlite3_close_v2(opened)
            throw .database(DatabaseError(operation: "opening \(path)", code: extended, message: message))
        }
        (handle, self.busyTimeout) = (opened, busyTimeout)
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, busyTimeout)
    }

    deinit { close() }

    /// Lets go of the file; nothing may be run afterwards.
    func close() {
        guard isOpen else { return }
        isOpen = false
        for statement in statements.values { statement.finalize() }
        statements = [:]
        sqlite3_close_v2(handle)
    }

    /// Takes the write-ahead log into the file and empties it where that is due; a reader of an older snapshot is in the way.
    func truncateLog() {
        guard mustTruncateLog else { return }
        operation = "truncating the write-ahead log"
        let busy = try? first("PRAGMA wal_checkpoint(TRUNCATE)") { row in row.flag(0) }
        if busy == false { mustTruncateLog = false }
    }

    /// Runs `body` without waiting for anybody else who uses the file.
    func withoutWaiting(_ body: () -> Void) {
        sqlite3_busy_timeout(handle, 0)
        body()
        sqlite3_busy_timeout(handle, busyTimeout)
    }

    /// False inside a transaction; true again once SQLite has rolled it back by itself.
    var isAutocommit: Bool { sqlite3_get_autocommit(handle) != 0 }

    /// Runs statements without values, such as a schema; prepared anew each time.
    func execute(_ sql: String) throws(StoreError) {
        if sqlite3_exec(handle, sql, nil, nil, nil) != SQLITE_OK { throw failure() }
    }

    /// Runs one statement to its end.
    func run(_ sql: String, _ values: (any SQLValue)?...) throws(StoreError) {
        try rows(sql, values) { _ throws(StoreError) in }
    }

    /// The same with the values in an array.
    func run(_ sql: String, values: [(any SQLValue)?]) throws(StoreError) {
        try rows(sql, values) { _ throws(StoreError) in }
    }

    /// The first row.
    func first<T>(
        _ sql: String, _ values: (any SQLValue)?..., read: (Row) throws(StoreError) -> T
    ) throws(StoreError) -> T? {
        try first(sql, values: values, read: read)
    }

    func first<T>(
        _ sql: String, values: [(any SQLValue)?], read: (Row) throws(StoreError) -> T
    ) throws(StoreError) -> T? {
        let statement = try prepared(sql, values)
        defer { statement.reset() }
        return try step(statement) ? try read(Row(statement: statement.handle)) : nil
    }

    /// Every row.
    func all<T>(
        _ sql: String, _ values: (any SQLValue)?..., read: (Row) throws(StoreError) -> T
    ) throws(StoreError) -> [T] {
        var found: [T] = []
        try rows(sql, values) { row throws(StoreError) in found.append(try read(row)) }
        return found
    }

    /// Every row, one at a time.
    func each(_ sql: String, _ values: (any SQLValue)?..., body: (Row) throws(StoreError) -> Void) throws(StoreError) {
        try rows(sql, values, body)
    }

    /// Rows changed by the last statement.
    var changes: Int { Int(sqlite3_changes64(handle)) }
    var lastKey: Int64 { sqlite3_last_insert_rowid(handle) }

    private func rows(
        _ sql: String, _ values: [(any SQLValue)?], _ body: (Row) throws(StoreError) -> Void
    ) throws(StoreError) {
        let statement = try prepared(sql, values)
        defer { statement.reset() }
        while try step(statement) { try body(Row(statement: statement.handle)) }
    }

    private func step(_ statement: Statement) throws(StoreError) -> Bool {
        switch sqlite3_step(statement.handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure()
        }
    }

    private func prepared(_ sql: String, _ values: [(any SQLValue)?]) throws(StoreError) -> Statement {
        let statement: Statement
        if let cached = statements[sql] {
            statement = cached
        } else {
            var compiled: OpaquePointer?
            let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil)
            guard code == SQLITE_OK, let compiled else { throw failure() }
            statement = Statement(handle: compiled)
            statements[sql] = statement
        }
        for (index, value) in values.enumerated() {
            let position = Int32(index + 1)
            let code = value?.bind(to: statement.handle, at: position) ?? sqlite3_bind_null(statement.handle, position)
            guard code == SQLITE_OK else {
                statement.reset()
                throw failure()
            }
        }
        return statement
    }

    private func failure() -> StoreError {
        .database(
            DatabaseError(
                operation: operation, code: sqlite3_extended_errcode(handle),
                message: String(cString: sqlite3_errmsg(handle))))
    }
}

/// A compiled statement in a connection's cache.
struct Statement {
    let handle: OpaquePointer

    /// Ready for the next run; bound texts are let go, so that nothing of them stays in memory.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    func finalize() { sqlite3_finalize(handle) }
}

extension Connection {
    /// Runs `body` in a transaction, rolled back if it throws.
    func transaction<T>(_ kind: String, _ body: (Connection) throws(StoreError) -> T) throws(StoreError) -> T {
        try run("BEGIN \(kind)")
        do {
            let result = try body(self)
            try run("COMMIT")
            return result
        } catch {
            if !isAutocommit { try? run("ROLLBACK") }
            throw error
        }
    }
}
