import Concentration
import Foundation
import TestSupport
import Testing
import Threads

@testable import Timelines

@Suite struct ErasureTests {
    static let name = "Zebedee Quixotic-Wunderlich"
    static let id = "zebedee-quixotic"

    /// Bytes of every file of the database.
    static func contains(_ text: String, in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { file in
            let data = try Data(contentsOf: folder.appendingPathComponent(file))
            return data.range(of: Data(text.utf8)) != nil
        }
    }

    @Test func everyRowAndEveryByteIsGone() throws {
        let lesson = try Lesson(students: ["ada"])
        let store = lesson.store
        try lesson.add(Self.id, name: Self.name)
        _ = try store.createToken(
            hash: [1, 2, 3], role: .student, class: "c", student: Self.id, label: "for \(Self.name)", actor: "a",
            at: Lesson.start)
        var generator = FixedRandom(seed: 4)
        for index in 0..<500 {
            try store.append(
                FrameReport("\(Self.id)-\(index)", Self.id, at: Double(index), .random(using: &generator)))
            try store.append(FrameReport("ada-\(index)", "ada", at: Double(index), .score(0.5)))
        }
        _ = try store.putStudent(Self.id, in: "c", displayName: Self.name + "!", actor: "a", at: Lesson.start)
        #expect(try !Self.contains(Self.name, in: lesson.folder.url).isEmpty)

        let erasure = try store.eraseStudent(Self.id, in: "c", actor: "token:1", at: Lesson.start)
        #expect(erasure.frames == 500 && erasure.rollups == 51 && erasure.consents == 1 && erasure.tokens == 1)
        #expect(erasure.isRewritten && !erasure.isInLog)
        for text in [Self.name, Self.id] {
            #expect(try Self.contains(text, in: lesson.folder.url) == [], "while the store is open")
        }
        #expect(throws: StoreError.studentNotFound(Self.id)) { try store.student(Self.id, in: "c") }
        #expect(try store.tokens() == [])
        #expect(try store.frames(session: "s", student: "ada", limit: 1000).elements.count == 500)
        let entry = try #require(try store.auditTrail(limit: 100).elements.last)
        #expect(entry.action == .studentErased && entry.detail == "frames=500")
        store.close()
        #expect(try Self.contains(Self.name, in: lesson.folder.url) == [], "after it was closed")
        let maintenance = try Maintenance(path: lesson.folder.database)
        #expect(try maintenance.check() == [])
    }

    /// As a power cut between the two leaves it: the rows are gone, the file is not rewritten.
    @Test func whatWasCutOffIsFinishedAtTheNextStart() throws {
        let lesson = try Lesson(students: ["ada"])
        try lesson.add(Self.id, name: Self.name)
        for index in 0..<500 {
            try lesson.store.append(FrameReport("\(Self.id)-\(index)", Self.id, at: Double(index), .score(0.4)))
            try lesson.store.append(FrameReport("ada-\(index)", "ada", at: Double(index), .score(0.5)))
        }
        #expect(try lesson.store.finishErasures() == false)
        _ = try lesson.store.write("erasing the rows alone") { connection throws(StoreError) in
            try connection.removeStudent(Self.id, in: "c", actor: "a", at: Lesson.start)
        }
        lesson.store.close()

        let next = try TimelineStore(path: lesson.folder.database)
        func freePages() throws -> Int? {
            try next.read("counting") { connection throws(StoreError) in
                try connection.first("PRAGMA freelist_count") { row in row.integer(0) }
            }
        }
        #expect(try (freePages() ?? 0) > 0, "else this shows nothing")
        #expect(try next.finishErasures())
        #expect(try freePages() == 0)
        #expect(try Self.contains(Self.id, in: lesson.folder.url) == [])
        #expect(try next.finishErasures() == false)
        #expect(try next.frames(session: "s", student: "ada", limit: 1000).elements.count == 500)
    }

    /// A minute in which only the erased one was there says when that was.
    @Test func minutesOfNobodyElseGoToo() throws {
        let lesson = try Lesson(students: ["ada", "bob"])
        let store = lesson.store
        try store.append(FrameReport("early", "bob", at: -3_600, .score(0.5)))
        try store.append(FrameReport("b", "bob", at: 10, .score(0.5)))
        try store.append(FrameReport("a", "ada", at: 10, .score(0.5)))
        func dashboard() throws -> Dashboard {
            try store.dashboard(session: "s", rule: .presence, at: Lesson.start + 20_000)
        }
        #expect(try dashboard().timeline.counted.first == 1)
        _ = try store.eraseStudent("bob", in: "c", actor: "a", at: Lesson.start)
        #expect(try dashboard().timeline.start == Lesson.start.floored(to: ClassTimeline.step))
        #expect(try dashboard().timeline.counted == [1])
        #expect(try RollupTests.derived(store).filter { $0.hasPrefix("minutes") }.count == 1)
        // The same minute with the same revision, of somebody else: not what was remembered.
        try store.append(FrameReport("late", "ada", at: -3_600, .score(0.9)))
        #expect(try dashboard().timeline.median.first.flatMap { $0 } == 0.9)
    }

    /// Erasures that wait together rewrite the file once, and each is told when its own bytes are gone.
    @Test func manyAtOnceShareOneRewriting() throws {
        let lesson = try Lesson(students: [])
        let names = (0..<20).map { "\(Self.id)-\($0)" }
        for name in names {
            try lesson.add(name)
            try lesson.store.append(FrameReport("f-\(name)", name, at: 1, .score(0.4)))
        }
        let store = lesson.store
        let results = Monitor<[Result<Erasure, StoreError>]>([])
        for name in names {
            store.eraseStudent(name, in: "c", actor: "a", at: Lesson.start) { result in
                results.update { $0.append(result) }
            }
        }
        let all = results.wait { $0.count == names.count ? $0 : nil }
        #expect(try all.allSatisfy { try $0.get().isRewritten && $0.get().frames == 1 })
        #expect(try Self.contains(Self.id, in: lesson.folder.url) == [])
        let missing = #expect(throws: StoreError.self) {
            try store.eraseStudent("nobody", in: "c", actor: "a", at: Lesson.start)
        }
        #expect(missing == .studentNotFound("nobody"))
    }

    @Test func aNewStudentOfTheSameNameIsAnotherSubject() throws {
        let store = try Lesson().store
        try store.append(FrameReport("f"))
        _ = try store.eraseStudent("ada", in: "c", actor: "a", at: Lesson.start)
        _ = try store.putStudent("ada", in: "c", displayName: "Ada", consent: .given, actor: "a", at: Lesson.start)
        #expect(try store.frames(session: "s", student: "ada", limit: 10).elements.isEmpty)
        #expect(try store.append(FrameReport("f")) == .stored, "the frame id is free again")
        #expect(Set(try store.auditTrail(limit: 10).elements.map(\.subject)).count == 2)
    }

    /// A reader in the middle of a snapshot keeps the log from being truncated; it is once they are done, with or without
    /// further commits.
    @Test func aReaderOnlyDelaysIt() throws {
        let lesson = try Lesson()
        try lesson.add(Self.id, name: Self.name)
        let (reading, done) = (Waiting<Void>(), Waiting<Void>())
        let store = lesson.store
        let thread = Thread {
            _ = try? store.read("holding a snapshot") { connection throws(StoreError) in
                _ = try connection.student(Self.id, in: "c")
                reading.set(())
                done.get()
            }
        }
        thread.start()
        reading.get()
        try store.write("shortening the wait") { connection throws(StoreError) in
            try connection.execute("PRAGMA busy_timeout = 50")
        }
        let erasure = try store.eraseStudent(Self.id, in: "c", actor: "a", at: Lesson.start)
        #expect(erasure.isRewritten && erasure.isInLog)
        try store.append(FrameReport("meanwhile"))
        #expect(try !Self.contains(Self.name, in: lesson.folder.url).isEmpty, "else this shows nothing")
        done.set(())
        try waitUntilGone(in: lesson)
    }

    /// The same across a stop: who opens the file next goes on with it.
    @Test func aReaderOfAnotherProcessDelaysItBeyondAStop() throws {
        let lesson = try Lesson()
        try lesson.add(Self.id, name: Self.name)
        let reader = try Connection(path: lesson.folder.database, access: .readOnly)
        try reader.run("BEGIN")
        _ = try reader.student(Self.id, in: "c")
        try lesson.store.write("shortening the wait") { connection throws(StoreError) in
            try connection.execute("PRAGMA busy_timeout = 50")
        }
        #expect(try lesson.store.eraseStudent(Self.id, in: "c", actor: "a", at: Lesson.start).isInLog)
        lesson.store.close()
        let next = try TimelineStore(path: lesson.folder.database)
        defer { next.close() }
        #expect(try next.finishErasures() == false)
        #expect(try !Self.contains(Self.name, in: lesson.folder.url).isEmpty, "else this shows nothing")
        try reader.run("COMMIT")
        try waitUntilGone(in: lesson)
    }

    private func waitUntilGone(in lesson: Lesson) throws {
        for _ in 0..<2_400 where try !Self.contains(Self.name, in: lesson.folder.url).isEmpty { usleep(50_000) }
        #expect(try Self.contains(Self.name, in: lesson.folder.url) == [])
    }

    /// Nobody else on the machine may read the database, its log or the log's index.
    @Test func filesAreTheOwnersAlone() throws {
        let lesson = try Lesson()
        try lesson.store.append(FrameReport("f", at: 0))
        let files = try FileManager.default.contentsOfDirectory(atPath: lesson.folder.url.path)
        #expect(files.count == 3)
        for file in files {
            let path = lesson.folder.url.appendingPathComponent(file).path
            let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(permissions == 0o600, "\(file)")
        }
    }
}
