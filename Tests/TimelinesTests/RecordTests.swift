import Concentration
import Testing

@testable import Timelines

@Suite struct RecordTests {
    @Test func classesAndSessionsAreListedInPages() throws {
        let lesson = try Lesson(students: [])
        for index in 0..<7 {
            _ = try lesson.store.createClass("c\(index)", name: "Class \(index)", at: Lesson.start)
            _ = try lesson.store.createSession(
                "s\(index)", in: "c", title: "Title", at: Lesson.start + Int64(index / 2))
            try lesson.add("student\(index)")
        }
        func collect<T>(_ page: (String?) throws -> Page<T>) rethrows -> [T] {
            var (found, cursor): ([T], String?) = ([], nil)
            repeat {
                let next = try page(cursor)
                found += next.elements
                cursor = next.next
            } while cursor != nil
            return found
        }
        for limit in [1, 2, 3, 8, 100] {
            #expect(
                try collect { try lesson.store.classes(limit: limit, after: $0) }.map(\.id)
                    == ["c"] + (0..<7).map { "c\($0)" }, "\(limit)")
            #expect(
                try collect { try lesson.store.sessions(in: "c", limit: limit, after: $0) }.map(\.id)
                    == (0..<7).reversed().map { "s\($0)" } + ["s"], "\(limit)")
            #expect(
                try collect { try lesson.store.students(in: "c", limit: limit, after: $0) }.map(\.id)
                    == (0..<7).map { "student\($0)" }, "\(limit)")
        }
    }

    @Test func unknownAndTakenNamesAreToldApart() throws {
        let store = try Lesson().store
        #expect(throws: StoreError.classExists("c")) { try store.createClass("c", name: "x", at: Lesson.start) }
        #expect(throws: StoreError.sessionExists("s")) {
            try store.createSession("s", in: "c", title: "x", at: Lesson.start)
        }
        #expect(throws: StoreError.classNotFound("x")) {
            try store.createSession("y", in: "x", title: "x", at: Lesson.start)
        }
        #expect(throws: StoreError.classNotFound("x")) { try store.classRecord("x") }
        #expect(throws: StoreError.sessionNotFound("x")) { try store.session("x") }
        #expect(throws: StoreError.sessionNotFound("x")) { try store.endSession("x", at: Lesson.start) }
        #expect(throws: StoreError.studentNotFound("x")) { try store.student("x", in: "c") }
        #expect(throws: StoreError.sessionNotFound("x")) {
            try store.dashboard(session: "x", rule: .convention, at: Lesson.start)
        }
        #expect(throws: StoreError.tokenNotFound(9)) { try store.revokeToken(9, actor: "test", at: Lesson.start) }
    }

    @Test func aSessionEndsOnce() throws {
        let store = try Lesson().store
        #expect(try store.endSession("s", at: Lesson.start + 5).endedAt == Lesson.start + 5)
        #expect(try store.endSession("s", at: Lesson.start + 9).endedAt == Lesson.start + 5)
        #expect(try store.session("s").endedAt == Lesson.start + 5)
    }

    @Test func consentKeepsItsHistory() throws {
        let store = try Lesson(students: []).store
        let (eve, isNew) = try store.putStudent("eve", in: "c", displayName: "Eve", actor: "a", at: Lesson.start)
        #expect(isNew && eve.consent == nil)
        let guardian = Consent(granted: true, noticeVersion: "2", guardian: true, time: Lesson.start - 5)
        _ = try store.recordConsent(guardian, of: "eve", in: "c", actor: "token:1", at: Lesson.start)
        let after = try store.recordConsent(.withdrawn, of: "eve", in: "c", actor: "token:2", at: Lesson.start + 1)
        #expect(after.consent?.consent == .withdrawn)
        #expect(
            try store.consentHistory(of: "eve", in: "c", limit: 10).elements == [
                ConsentRecord(consent: guardian, recordedAt: Lesson.start, actor: "token:1"),
                ConsentRecord(consent: .withdrawn, recordedAt: Lesson.start + 1, actor: "token:2"),
            ])
        let first = try store.consentHistory(of: "eve", in: "c", limit: 1)
        let second = try store.consentHistory(of: "eve", in: "c", limit: 1, after: first.next)
        #expect(first.elements.map(\.consent) == [guardian] && second.elements.map(\.consent) == [.withdrawn])
        #expect(second.next == nil)
        let (renamed, again) = try store.putStudent("eve", in: "c", displayName: "Eva", actor: "a", at: Lesson.start)
        #expect(!again && renamed.displayName == "Eva" && renamed.consent?.consent == .withdrawn)
        #expect(try store.auditTrail(limit: 10).elements.map(\.action) == [.consentGranted, .consentWithdrawn])
    }

    /// Texts go through bound parameters and come back byte for byte.
    @Test(arguments: [
        "'; DROP TABLE students; --", "小明 👩‍🎓", "a\u{0}b", "", "e\u{301}", String(repeating: "x", count: 10_000),
    ])
    func namesAreOnlyText(name: String) throws {
        let store = try Lesson(students: []).store
        _ = try store.putStudent("eve", in: "c", displayName: name, actor: "a", at: Lesson.start)
        #expect(try Array(store.student("eve", in: "c").displayName.unicodeScalars) == Array(name.unicodeScalars))
    }

    @Test func tokensAreListedAndRevoked() throws {
        let store = try Lesson().store
        let hash = [UInt8](0..<32)
        let created = try store.createToken(
            hash: hash, role: .student, class: "c", student: "ada", label: "x", expiresAt: Lesson.start + 10,
            actor: "a",
            at: Lesson.start)
        #expect(try store.tokens() == [created])
        #expect(created.isValid(at: Lesson.start + 9) && !created.isValid(at: Lesson.start + 10))
        let revoked = try store.revokeToken(created.id, actor: "a", at: Lesson.start + 5)
        #expect(!revoked.isValid(at: Lesson.start + 6))
        #expect(try store.revokeToken(created.id, actor: "a", at: Lesson.start + 7).revokedAt == Lesson.start + 5)
        #expect(try store.tokens() == [revoked])
        #expect(throws: StoreError.studentNotFound("x")) {
            try store.createToken(
                hash: [1], role: .student, class: "c", student: "x", label: "", actor: "a", at: Lesson.start)
        }
    }

    @Test func theAuditTrailCannotBeChanged() throws {
        let store = try Lesson().store
        for sql in ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"] {
            #expect(throws: StoreError.self, "\(sql)") {
                try store.write("tampering") { connection throws(StoreError) in try connection.run(sql) }
            }
        }
        #expect(try store.auditTrail(limit: 10).elements.map(\.action) == [.consentGranted])
    }
}
