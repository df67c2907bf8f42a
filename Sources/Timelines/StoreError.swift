/// Why an operation of the store did not happen. Whatever is thrown, nothing of the operation was kept.
public enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    case classNotFound(String)
    case studentNotFound(String)
    case sessionNotFound(String)
    case tokenNotFound(Int64)
    case classExists(String)
    case sessionExists(String)
    /// The session takes no more frames.
    case sessionEnded(String)
    /// No consent is on record, or it was withdrawn.
    case consentRequired(student: String)
    /// The frame id belongs to another student or session.
    case frameConflict(String)
    case invalidCursor(String)
    /// More writes are waiting than the store will queue.
    case overloaded(waiting: Int)
    case closed
    /// The file was written by a newer version of the program.
    case newerSchema(found: Int, supported: Int)
    case unsupportedPath(String)
    /// The file is empty, or this program did not make it.
    case notClassPulse(path: String)
    /// A stored value that this program never writes.
    case corruptRow(table: String, column: String, value: String)
    case database(DatabaseError)

    public var description: String {
        switch self {
        case .classNotFound(let id): "there is no class \(id)"
        case .studentNotFound(let id): "there is no student \(id) in the class"
        case .sessionNotFound(let id): "there is no session \(id)"
        case .tokenNotFound(let id): "there is no token \(id)"
        case .classExists(let id): "class \(id) exists"
        case .sessionExists(let id): "session \(id) exists"
        case .sessionEnded(let id): "session \(id) has ended"
        case .consentRequired(let student): "no consent of student \(student) is on record"
        case .frameConflict(let id): "frame id \(id) belongs to another student or session"
        case .invalidCursor(let text): "cursor \(text) was not given by this list"
        case .overloaded(let waiting): "\(waiting) writes are waiting"
        case .closed: "the store is closed"
        case .newerSchema(let found, let supported):
            "the database has schema version \(found), this program knows versions up to \(supported)"
        case .unsupportedPath(let path): "\"\(path)\" is no path of a database file"
        case .notClassPulse(let path): "\(path) is no ClassPulse database"
        case .corruptRow(let table, let column, let value): "\(table).\(column) holds \"\(value)\""
        case .database(let error): error.description
        }
    }
}

/// What SQLite answered.
public struct DatabaseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the store was doing.
    public var operation: String
    /// SQLite's extended result code; its low byte is the primary code.
    public var code: Int32
    public var message: String

    public var description: String { "\(operation): \(message) (SQLite \(code))" }

    private func isPrimary(_ code: Int32) -> Bool { self.code & 0xff == code }
    /// SQLITE_BUSY or SQLITE_LOCKED: another process holds the database; worth another try.
    public var isBusy: Bool { isPrimary(5) || isPrimary(6) }
    /// SQLITE_FULL: the disk or the database's page limit is full.
    public var isFull: Bool { isPrimary(13) }
    /// SQLITE_READONLY.
    public var isReadOnly: Bool { isPrimary(8) }
    /// SQLITE_CORRUPT or SQLITE_NOTADB.
    public var isCorrupt: Bool { isPrimary(11) || isPrimary(26) }
}
