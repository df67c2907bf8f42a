import Concentration
import Foundation
import Testing

@testable import Timelines

@Suite struct FailureTests {
    private static func database(_ error: (any Error)?) -> DatabaseError? {
        guard case .database(let found) = error as? StoreError else { return nil }
        return found
    }

    @Test func aFullDiskIsAnErrorAndPasses() throws {
        let lesson = try Lesson()
        try lesson.store.write("limiting") { connection throws(StoreError) in
            let pages = try connection.first("PRAGMA page_count") { row in row.integer(0) } ?? 0
            try connection.execute("PRAGMA max_page_count = \(pages + 4)")
        }
        var (stored, failure): (Int, DatabaseError?) = (0, nil)
        while failure == nil && stored < 10_000 {
            do {
                try lesson.store.append(FrameReport("f\(stored)", at: Double(stored)))
                stored += 1
            } catch {
                failure = Self.database(error)
                if failure == nil { throw error }
            }
        }
        #expect(failure?.isFull == true)
        #expect(failure?.operation == "appending a frame")
        #expect(try lesson.store.frames(session: "s", student: "ada", limit: 10_000).elements.count == stored)
        try lesson.store.write("lifting the limit") { connection throws(StoreError) in
            try connection.execute("PRAGMA max_page_count = 1000000")
        }
        #expect(try lesson.store.append(FrameReport("f\(stored)", at: Double(stored))) == .stored)
        let timeline = try lesson.store.timeline(
            session: "s", student: "ada", resolution: .minute, rule: .convention, limit: 1000)
        #expect(timeline.elements.reduce(0) { $0 + $1.rollup.received } == stored + 1, "rollups hold whole frames only")
    }

    @Test func aReadOnlyDatabaseIsAnErrorAndReadsGoOn() throws {
        let lesson = try Lesson()
        try lesson.store.append(FrameReport("f"))
        lesson.store.writer.submit("closing the file for writing") { connection throws(StoreError) in
            try connection.execute("PRAGMA query_only = ON")
        } completion: { _ in
        }
        // The transaction of the setting itself may not be written any more.
        let error = #expect(throws: StoreError.self) { try lesson.store.append(FrameReport("g")) }
        #expect(Self.database(error)?.isReadOnly == true, "\(String(describing: error))")
        #expect(try lesson.store.frames(session: "s", student: "ada", limit: 10).elements.count == 1)
    }

    /// One job that fails leaves the others of its transaction alone.
    @Test func aFailureStaysAlone() throws {
        let lesson = try Lesson()
        let (blocked, store) = (Waiting<Void>(), lesson.store)
        store.writer.submit("waiting") { _ throws(StoreError) in
            blocked.get()
        } completion: { _ in
        }
        let results = (0..<20).map { index in
            let result = Waiting<Result<Appended, StoreError>>()
            let student = index % 3 == 0 ? "nobody" : "ada"
            store.append(FrameReport("f\(index)", student, at: Double(index)), received: Lesson.start) {
                result.set($0)
            }
            return result
        }
        let broken = Waiting<Result<Void, StoreError>>()
        store.writer.submit("half a job") { connection throws(StoreError) in
            try connection.run("UPDATE classes SET name = 'changed'")
            throw .invalidCursor("by design")
        } completion: {
            broken.set($0)
        }
        blocked.set(())
        for (index, result) in results.enumerated() {
            #expect(
                result.get() == (index % 3 == 0 ? .failure(.studentNotFound("nobody")) : .success(.stored)), "\(index)")
        }
        #expect(throws: StoreError.invalidCursor("by design")) { try broken.get().get() }
        #expect(try store.classRecord("c").name == "Class")
        #expect(try store.frames(session: "s", student: "ada", limit: 100).elements.count == 13)
    }

    @Test func aFullQueueIsRefusedAtOnce() throws {
        let lesson = try Lesson(queueLimit: 4)
        let (blocked, running, store) = (Waiting<Void>(), Waiting<Void>(), lesson.store)
        store.writer.submit("waiting") { _ throws(StoreError) in
            running.set(())
            blocked.get()
        } completion: { _ in
        }
        running.get()
        let results = (0..<6).map { index in
            let result = Waiting<Result<Appended, StoreError>>()
            store.append(FrameReport("f\(index)"), received: Lesson.start) { result.set($0) }
            return result
        }
        for result in results.suffix(2) { #expect(result.get() == .failure(.overloaded(waiting: 4))) }
        blocked.set(())
        for result in results.prefix(4) { #expect(result.get() == .success(.stored)) }
    }

    @Test func aClosedStoreSaysSo() throws {
        let lesson = try Lesson()
        let last = Waiting<Result<Appended, StoreError>>()
        lesson.store.append(FrameReport("last"), received: Lesson.start) { last.set($0) }
        lesson.store.close()
        #expect(last.get() == .success(.stored), "what was queued is written")
        #expect(throws: StoreError.closed) { try lesson.store.append(FrameReport("f")) }
        #expect(throws: StoreError.closed) { try lesson.store.session("s") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: lesson.folder.url.path) == ["classpulse.db"])
        lesson.store.close()
    }

    @Test func aPathThatCannotServeIsNamed() throws {
        let folder = try TemporaryFolder()
        for path in ["", ":memory:", "file:x?mode=memory"] {
            #expect(throws: StoreError.unsupportedPath(path), "\(path)") { try TimelineStore(path: path) }
        }
        #expect(throws: StoreError.self) { try TimelineStore(path: folder.url.path + "/missing/db") }
        #expect(throws: StoreError.self) { try TimelineStore(path: folder.url.path) }
        try Data(
            "this is a text of more than a hundred bytes, which is what SQLite wants to see ".utf8
                + Array(repeating: 0x2e, count: 1000)
        )
        .write(to: folder.url.appendingPathComponent("text"))
        let error = #expect(throws: StoreError.self) { try TimelineStore(path: folder.url.path + "/text") }
        #expect(Self.database(error)?.isCorrupt == true)
        #expect(throws: StoreError.self) { try Maintenance(path: folder.url.path + "/absent.db") }
        #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/absent.db"))
    }

    @Test func maintenanceWantsTheDatabaseForItself() throws {
        let lesson = try Lesson()
        let error = #expect(throws: StoreError.self) { try Maintenance(path: lesson.folder.database) }
        #expect(Self.database(error)?.isBusy == true, "\(String(describing: error))")
        lesson.store.close()
        let maintenance = try Maintenance(path: lesson.folder.database)
        #expect(try maintenance.check() == [])
        #expect(try maintenance.vacuum().after > 0)
    }
}
