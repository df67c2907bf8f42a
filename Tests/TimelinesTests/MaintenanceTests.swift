import Concentration
import Foundation
import Testing

@testable import Timelines

/// Work on a file that must be there already: what is no database of this program is left as it is.
@Suite struct MaintenanceTests {
    /// Everything that wants a database, tried on a path.
    private static func open(_ path: String) -> [(name: String, error: (any Error)?)] {
        func failure(_ body: () throws -> Void) -> (any Error)? {
            do {
                try body()
                return nil
            } catch {
                return error
            }
        }
        return [
            ("maintenance", failure { _ = try Maintenance(path: path) }),
            ("backup", failure { _ = try Backup.make(of: path, at: path + ".copy") }),
            ("store", failure { try TimelineStore(path: path, mustExist: true).close() }),
        ]
    }

    private static func bytes(in folder: TemporaryFolder) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        return try names.reduce(into: [:]) { $0[$1] = try Data(contentsOf: folder.url.appendingPathComponent($1)) }
    }

    /// A lost database, and the log that may be left of it.
    @Test func anEmptyFileIsNoDatabase() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: folder.database))
        try Data("a log".utf8).write(to: URL(fileURLWithPath: folder.database + "-wal"))
        let before = try Self.bytes(in: folder)
        for (name, error) in Self.open(folder.database) {
            #expect(error as? StoreError == .notClassPulse(path: folder.database), "\(name)")
        }
        #expect(try Self.bytes(in: folder) == before)
    }

    @Test(arguments: 0...Schema.newest)
    func anotherProgramsDatabaseStaysAsItIs(version: Int) throws {
        let folder = try TemporaryFolder()
        let other = try Connection(path: folder.database, access: .readWrite)
        try other.execute("CREATE TABLE frames (text TEXT); PRAGMA user_version = \(version)")
        other.close()
        let before = try Self.bytes(in: folder)
        let serving: (any Error)? = #expect(throws: StoreError.self) { try TimelineStore(path: folder.database) }
        for (name, error) in Self.open(folder.database) + [("serving", serving)] {
            #expect(error as? StoreError == .notClassPulse(path: folder.database), "\(name)")
        }
        #expect(try Self.bytes(in: folder) == before)
    }

    @Test(arguments: ["", ":memory:", "file:x?mode=memory"])
    func aPathThatCannotServeIsNamed(path: String) {
        for (name, error) in Self.open(path) { #expect(error as? StoreError == .unsupportedPath(path), "\(name)") }
    }

    @Test func whatIsThereIsTaken() throws {
        let lesson = try Lesson()
        lesson.store.close()
        for (name, error) in Self.open(lesson.folder.database) { #expect(error == nil, "\(name)") }
    }

    /// A table without rowids has no numbers to name.
    @Test func danglingReferencesAreFound() throws {
        let lesson = try Lesson()
        lesson.store.close()
        let connection = try Connection(path: lesson.folder.database, access: .readWrite)
        try connection.execute(
            "INSERT INTO minutes VALUES (99, 0, 1); INSERT INTO sessions VALUES (7, 'x', 99, 'X', 0, NULL)")
        connection.close()
        #expect(
            try Set(Maintenance(path: lesson.folder.database).check()) == [
                "a row of minutes refers to a missing row of sessions",
                "row 7 of sessions refers to a missing row of classes",
            ])
    }

    /// As `classpulse token` does beside a server and its backup: who waited would hold the write lock meanwhile.
    @Test func openingWaitsForNoReader() throws {
        let lesson = try Lesson()
        try lesson.store.append(FrameReport("f"))
        let reader = try Connection(path: lesson.folder.database, access: .readOnly)
        try reader.run("BEGIN")
        _ = try reader.student("ada", in: "c")
        try lesson.store.append(FrameReport("g", at: 1))
        let log = lesson.folder.database + "-wal"
        func logBytes() throws -> Int {
            try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0
        }
        // The reader ends only afterwards: who waited for it would wait these ten minutes.
        let second = try Connection(path: lesson.folder.database, access: .readWrite, busyTimeout: 600_000)
        try TimelineStore.configure(second)
        #expect(second.mustTruncateLog)
        #expect(try logBytes() > 0, "else this shows nothing")
        second.close()
        // Who stays open goes on trying.
        let third = try TimelineStore(path: lesson.folder.database, mustExist: true)
        try reader.run("COMMIT")
        for _ in 0..<2_400 where try logBytes() > 0 { usleep(50_000) }
        #expect(try logBytes() == 0)
        third.close()
    }
}
