import Glibc

/// Copies of a database for safe keeping.
public enum Backup {
    /// Copies the database as it is at one moment, compacted, beside whatever else uses it. The copy belongs to its owner
    /// alone (mode 600) and is on the disk when this returns.
    /// - Parameter target: must not exist; removed again where the copy fails.
    /// - Returns: its size in bytes.
    /// - Throws: `database`, with SQLITE_CANTOPEN where the target exists or cannot be made; `notClassPulse` where `path` is
    ///   an empty file or another program's.
    public static func make(of path: String, at target: String) throws(StoreError) -> Int {
        try Schema.requireDatabase(at: path)
        let connection = try Connection(path: path, access: .readWrite, mustExist: true)
        connection.operation = "backing up \(path)"
        // Some builds of SQLite take `file:…` and `:memory:` for something else than a file of that name, none a path.
        let target = target.hasPrefix("/") ? target : "./" + target
        let file = open(target, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let message = String(cString: strerror(errno))
            throw .database(DatabaseError(operation: "making the copy", code: 14, message: message))
        }
        defer { close(file) }
        let size: Int
        do throws(StoreError) {
            // SQLite takes an empty file for a new one. Nothing else of this process opens it, so no lock is lost at `close`.
            try connection.run("VACUUM INTO ?", target)
            guard fsync(file) == 0 else {
                let message = String(cString: strerror(errno))
                throw .database(DatabaseError(operation: "writing the copy", code: 10, message: message))
            }
            size = Int(lseek(file, 0, SEEK_END))
            guard size > 0 else {
                throw .database(DatabaseError(operation: "writing the copy", code: 10, message: "the copy is empty"))
            }
        } catch {
            unlink(target)
            throw error
        }
        return size
    }
}
