import Concentration
import Foundation
import TestSupport
import Testing
import Threads

@testable import Service

@Suite struct StudentLimitTests {
    /// A third picture of one student is refused while two are under way; other tokens' are not.
    @Test func oneStudentCannotFillTheQueue() throws {
        let room = try Classroom(.live, ready: false)
        let gate = Gate()
        room.service.becomeReady(Engine(model: "m", description: nil, analyzers: [gate, gate]))
        let picture = try Pictures.coffee()
        let statuses = Monitor<[Int]>([])
        func post(as role: Role) {
            Thread {
                let status = (try? room.post(picture, as: room.tokens[role]).status) ?? 0
                statuses.update { $0.append(status) }
            }.start()
        }
        func metric(_ line: String) throws -> Bool { try room.send("GET", "/metrics").text.contains(line) }
        post(as: .student)
        post(as: .student)
        while try !metric("classpulse_queue_running{lane=\"inference\"} 2") { usleep(10_000) }
        let second = try room.service.tokens.create(
            role: .student, class: "c1", student: "ada", label: "", actor: "test"
        ).secret.text
        for token in [room.tokens[.student], second] {
            let refused = try room.post(picture, as: token)
            #expect(refused.outcome == "429 too_many_requests")
            #expect(refused.headers["retry-after"] == "1" && refused.json["error"]?["retryable"] == true)
        }
        #expect(try room.send("GET", "/v1/me", as: second).status == 200)
        post(as: .ingest)
        while try !metric("classpulse_queue_waiting{lane=\"inference\"} 1") { usleep(10_000) }
        gate.open()
        #expect(statuses.wait { $0.count == 3 ? $0 : nil } == [201, 201, 201])
        // Both places are free again: the answers were sent.
        #expect(try room.post(picture, as: second).status == 201)
        #expect(try room.storedFrames() == 4)
    }

    @Test func placesAreOfEachStudent() throws {
        let limit = StudentLimit(1)
        func student(_ classID: String, _ id: String) -> Principal {
            Principal(role: .student, classID: classID, studentID: id, tokenID: 1)
        }
        var place = try limit.enter(student("c", "ada"))
        let others = [try limit.enter(student("c", "bob")), try limit.enter(student("d", "ada"))]
        #expect(place != nil && others.allSatisfy { $0 != nil })
        #expect(throws: APIError.self) { try limit.enter(student("c", "ada")) }
        #expect(try limit.enter(Principal(role: .teacher, classID: "c")) == nil)
        place = nil
        #expect(try limit.enter(student("c", "ada")) != nil)
    }
}
