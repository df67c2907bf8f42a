import Concentration
import TestSupport
import Testing

@testable import Timelines

@Suite struct FrameTests {
    @Test func everyFieldComesBackAsItWas() throws {
        let lesson = try Lesson()
        var generator = FixedRandom(seed: 1)
        var stored: [FrameReport] = []
        for index in 0..<200 {
            let report = FrameReport("f\(index)", at: Double(index), .random(using: &generator))
            #expect(try lesson.store.append(report) == .stored)
            stored.append(report)
        }
        #expect(try lesson.store.frames(session: "s", student: "ada", limit: 1000).elements == stored)
        for report in stored.prefix(20) {
            #expect(try lesson.store.frame(report.id, session: "s", student: "ada") == report)
        }
    }

    @Test func aStoredScoreIsRecomputedToTheLastBit() throws {
        let lesson = try Lesson()
        var generator = FixedRandom(seed: 2)
        for index in 0..<300 {
            try lesson.store.append(FrameReport("f\(index)", at: Double(index), .random(using: &generator)))
        }
        var scored = 0
        for report in try lesson.store.frames(session: "s", student: "ada", limit: 1000).elements
        where report.reading.status == .scored {
            let stored = report.reading.concentration
            #expect(ScoringRule.convention.score(report.reading.expressions, gates: stored.gates) == stored)
            scored += 1
        }
        #expect(scored > 100)
    }

    @Test func aReplayAnswersWithWhatIsStored() throws {
        let lesson = try Lesson(students: ["ada", "bob"])
        let first = FrameReport("f", at: 0, .score(0.25))
        #expect(try lesson.store.append(first) == .stored)
        #expect(try lesson.store.append(FrameReport("f", at: 9, .score(0.75))) == .replayed(first))
        #expect(throws: StoreError.frameConflict("f")) { try lesson.store.append(FrameReport("f", "bob")) }
        #expect(throws: StoreError.frameConflict("f")) {
            try lesson.store.frame("f", session: "s", student: "bob")
        }
        _ = try lesson.store.endSession("s", at: Lesson.start)
        #expect(try lesson.store.append(first) == .replayed(first), "a replay is answered after the end")
        let rollups = try lesson.store.timeline(
            session: "s", student: "ada", resolution: .tenSeconds, rule: .convention, limit: 10)
        #expect(rollups.elements.map(\.rollup.received) == [1])
    }

    @Test func consentAndSessionAreCheckedInsideTheTransaction() throws {
        let lesson = try Lesson()
        let store = lesson.store
        _ = try store.recordConsent(.withdrawn, of: "ada", in: "c", actor: "test", at: Lesson.start)
        let refused = StoreError.consentRequired(student: "ada")
        #expect(throws: refused) { try store.append(FrameReport("f")) }
        _ = try store.recordConsent(.given, of: "ada", in: "c", actor: "test", at: Lesson.start)
        _ = try store.putStudent("eve", in: "c", displayName: "Eve", actor: "test", at: Lesson.start)
        #expect(throws: StoreError.consentRequired(student: "eve")) { try store.append(FrameReport("g", "eve")) }
        #expect(throws: StoreError.studentNotFound("nobody")) { try store.append(FrameReport("g", "nobody")) }
        _ = try store.endSession("s", at: Lesson.start)
        #expect(throws: StoreError.sessionEnded("s")) { try store.append(FrameReport("g")) }
        #expect(try store.frames(session: "s", student: "ada", limit: 10).elements.isEmpty)
    }

    /// A withdrawal that is queued before a frame wins, whichever transaction they end up in.
    @Test func aQueuedWithdrawalWins() throws {
        let lesson = try Lesson()
        let blocked = Waiting<Void>()
        lesson.store.writer.submit("waiting") { _ throws(StoreError) in
            blocked.get()
        } completion: { _ in
        }
        let outcome = Waiting<Result<Appended, StoreError>>()
        lesson.store.writer.submit("withdrawing") { connection throws(StoreError) in
            try connection.record(.withdrawn, of: "ada", in: "c", actor: "test", at: Lesson.start)
        } completion: { _ in
        }
        lesson.store.append(FrameReport("f"), received: Lesson.start) { outcome.set($0) }
        blocked.set(())
        #expect(outcome.get() == .failure(.consentRequired(student: "ada")))
    }

    @Test func framesArePagedInOrderOfTimeAndId() throws {
        let lesson = try Lesson()
        // Three frames of the same moment, one late.
        for (id, second) in [("a", 5.0), ("b", 5), ("c", 5), ("d", 7), ("e", 1)] {
            try lesson.store.append(FrameReport(id, at: second))
        }
        for limit in 1...6 {
            var ids: [String] = []
            var cursor: String?
            repeat {
                let page = try lesson.store.frames(session: "s", student: "ada", limit: limit, after: cursor)
                ids += page.elements.map(\.id)
                cursor = page.next
            } while cursor != nil
            #expect(ids == ["e", "a", "b", "c", "d"], "limit \(limit)")
        }
        let middle = try lesson.store.frames(
            session: "s", student: "ada", from: Lesson.start + 5000, to: Lesson.start + 7000, limit: 10)
        #expect(middle.elements.map(\.id) == ["a", "b", "c"])
        for cursor in ["", "x", "f", "f1", "f1.", "w1.2", "fé.1"] {
            #expect(throws: StoreError.invalidCursor(cursor), "cursor \(cursor)") {
                try lesson.store.frames(session: "s", student: "ada", limit: 1, after: cursor)
            }
        }
    }

    @Test func groupFramesBelongToNoStudent() throws {
        let lesson = try Lesson()
        var generator = FixedRandom(seed: 3)
        let faces = (0..<12).map { _ in FrameReading.random(using: &generator) }
        let report = GroupFrameReport(
            id: "g", session: "s", capturedAt: Lesson.start, faces: faces, model: "m@1", timing: Timing(total: 3))
        #expect(try lesson.store.append(report) == .stored)
        #expect(try lesson.store.append(report) == .replayed(report))
        #expect(try lesson.store.groupFrame("g", session: "s") == report)
        #expect(try lesson.store.frames(session: "s", student: "ada", limit: 10).elements.isEmpty)
        let empty = GroupFrameReport(
            id: "h", session: "s", capturedAt: Lesson.start, faces: [], model: "m@1", timing: Timing())
        #expect(try lesson.store.append(empty) == .stored)
        #expect(try lesson.store.groupFrame("h", session: "s") == empty)
    }
}
