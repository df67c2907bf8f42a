import Concentration
import Foundation
import Testing

@testable import Timelines

@Suite struct MigrationTests {
    /// A database as each older version left it, with frames.
    @Test(arguments: Array(1..<Schema.newest))
    func everyOlderVersionIsBroughtUpToDate(version: Int) throws {
        let folder = try TemporaryFolder()
        var connection: Connection? = try Connection(path: folder.database, access: .readWrite)
        try connection?.execute("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON")
        try connection.map { connection throws(StoreError) in
            try Schema.migrate(connection, to: version)
            try connection.execute(
                """
                INSERT INTO classes (id, name, created_at) VALUES ('c', 'Class', 0);
                INSERT INTO students (class, id, display_name, created_at)
                    VALUES (1, 'ada', 'Ada', 0), (1, 'bob', 'Bob', 0), (1, 'eve', 'Eve', 0);
                INSERT INTO consents (student, granted, notice_version, guardian, given_at, recorded_at, actor)
                    SELECT key, 1, '1', 0, 0, 0, 'a' FROM students;
                """)
            try connection.run(
                "INSERT INTO sessions (id, class, title, started_at) VALUES ('s', 1, 'Lesson', ?1)", Lesson.start)
            for frame in RollupTests.frames(count: 200, seed: 21) {
                let keys = try connection.admission(session: "s", student: frame.student)
                try connection.insert(frame, received: frame.capturedAt, keys: keys)
                if version >= 2 {
                    try connection.addToRollups(frame.reading, capturedAt: frame.capturedAt, keys: keys)
                }
            }
        }
        connection = nil

        let migrated = try TimelineStore(path: folder.database)
        let fresh = try Lesson(students: ["ada", "bob", "eve"])
        for frame in RollupTests.frames(count: 200, seed: 21) { try fresh.store.append(frame) }
        #expect(try RollupTests.derived(migrated) == RollupTests.derived(fresh.store))
        for student in ["ada", "bob", "eve"] {
            #expect(
                try migrated.frames(session: "s", student: student, limit: 1000)
                    == fresh.store.frames(session: "s", student: student, limit: 1000))
        }
        let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY type, name)"
        func schemaText(_ store: TimelineStore) throws -> String? {
            try store.read("reading the schema") { connection throws(StoreError) in
                try connection.first(schema) { row in row.text(0) }
            }
        }
        #expect(try schemaText(migrated) == schemaText(fresh.store))
    }

    @Test func aNewerVersionIsRefused() throws {
        let folder = try TemporaryFolder()
        try TimelineStore(path: folder.database).close()
        var connection: Connection? = try Connection(path: folder.database, access: .readWrite)
        try connection?.execute("PRAGMA user_version = 99")
        connection = nil
        #expect(throws: StoreError.newerSchema(found: 99, supported: Schema.newest)) {
            try TimelineStore(path: folder.database)
        }
    }

    @Test func twoThatOpenAtOnceMigrateOnce() async throws {
        let folder = try TemporaryFolder()
        let stores = try await withThrowingTaskGroup(of: TimelineStore.self) { group in
            for _ in 0..<4 { group.addTask { try TimelineStore(path: folder.database) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        _ = try stores[0].createClass("c", name: "Class", at: Lesson.start)
        for store in stores { #expect(try store.classRecord("c").name == "Class") }
    }
}
