import CSQLite
import Concentration

/// A value that can be bound to a statement's parameter.
protocol SQLValue {
    /// SQLite's result code.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

/// Tells SQLite to copy the bytes before the call returns.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Int64: SQLValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }
}

extension Int: SQLValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { Int64(self).bind(to: statement, at: index) }
}

extension Bool: SQLValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int(statement, index, self ? 1 : 0)
    }
}

extension Double: SQLValue {
    /// A value that is not a number is stored as NULL.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_double(statement, index, self) }
}

extension Timestamp: SQLValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { milliseconds.bind(to: statement, at: index) }
}

extension String: SQLValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { bytes in
            // An empty buffer may have no address, which SQLite would take for NULL.
            guard let start = bytes.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, transient) }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                sqlite3_bind_text64(statement, index, $0, UInt64(bytes.count), transient, UInt8(SQLITE_UTF8))
            }
        }
    }
}

extension [UInt8]: SQLValue {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        isEmpty
            ? sqlite3_bind_zeroblob(statement, index, 0)
            : withUnsafeBytes { sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), transient) }
    }
}

/// The current row of a running statement; columns count from 0.
struct Row {
    let statement: OpaquePointer

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }
    func key(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }
    func flag(_ column: Int32) -> Bool { sqlite3_column_int64(statement, column) != 0 }
    func real(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }
    func time(_ column: Int32) -> Timestamp { Timestamp(milliseconds: sqlite3_column_int64(statement, column)) }

    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func blob(_ column: Int32) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(statement, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))))
    }

    func optional<T>(_ column: Int32, _ read: (Row) -> (Int32) -> T) -> T? {
        isNull(column) ? nil : read(self)(column)
    }

    /// A text that names a case.
    func value<T: RawRepresentable<String>>(_ column: Int32, of table: String, _ name: String) throws(StoreError) -> T {
        let raw = text(column)
        guard let value = T(rawValue: raw) else { throw .corruptRow(table: table, column: name, value: raw) }
        return value
    }
}
