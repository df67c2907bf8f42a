import Foundation
import StrictJSON
import TestSupport
import Testing
import Threads

/// The built program: models, database, server and all.
@Suite(.serialized) struct ServeTests {
    private let picture: [UInt8]
    init() throws { picture = Array(try Data(contentsOf: Fixtures.picture("astronaut.png"))) }

    @Test func aPostedPhotoIsScoredAndStaysAfterARestart() throws {
        let scratch = try Scratch()
        let first = try ServerProcess(database: scratch.path("a.sqlite"))
        try first.makeClassroom()
        let answer = try first.post(picture)
        #expect(answer.status == 201, "\(answer.text)")
        let report = try JSON(parsing: answer.body)
        #expect(report["status"] == "scored" && report["concentration"]?["level"] != "unknown", "\(answer.text)")
        let before = try first.send("GET", "/v1/sessions/s/students/ada/report").text
        #expect(first.stop() == 0)

        let second = try ServerProcess(database: scratch.path("a.sqlite"))
        let frames = try JSON(parsing: second.send("GET", "/v1/sessions/s/students/ada/timeline?resolution=frame").body)
        #expect(frames["frames"] == .array([report]))
        let after = try JSON(parsing: second.send("GET", "/v1/sessions/s/students/ada/report").body)
        #expect(try JSON(parsing: Array(before.utf8))["mean"] == after["mean"] && after["mean"] != .null)
        #expect(second.stop() == 0)
    }

    /// Killed twenty times while clients post: every acknowledged frame is there exactly once, and nothing else but
    /// frames whose answer was cut off.
    @Test func nothingAcknowledgedIsLostWhenKilled() throws {
        let scratch = try Scratch()
        let acknowledged = Monitor<Set<String>>([])
        let sent = Monitor<Set<String>>([])
        for round in 0..<20 {
            let server = try ServerProcess(database: scratch.path("a.sqlite"))
            if round == 0 { try server.makeClassroom() }
            let group = DispatchGroup()
            for client in 0..<4 {
                group.enter()
                let (picture, http) = (picture, server.client)
                Thread.detachNewThread {
                    defer { group.leave() }
                    for index in 0..<1000 {
                        let key = "\(round).\(client).\(index)"
                        _ = sent.withLock { $0.insert(key) }
                        let headers = [
                            ("Authorization", "Bearer \(ServerProcess.admin)"), ("Content-Type", "image/png"),
                            ("Idempotency-Key", key),
                        ]
                        let answer = try? http.send(
                            "POST", "/v1/sessions/s/students/ada/frames?cropped=true", headers: headers, body: picture)
                        guard let answer else { return }
                        if answer.status == 201 { _ = acknowledged.withLock { $0.insert(key) } }
                    }
                }
            }
            let before = acknowledged.withLock { $0.count }
            let target = before + Int.random(in: 1...12)
            while acknowledged.withLock({ $0.count }) < target { usleep(1000) }
            server.kill()
            group.wait()
        }
        let server = try ServerProcess(database: scratch.path("a.sqlite"))
        let stored = try server.storedFrames()
        #expect(Set(stored).count == stored.count, "a frame is stored twice")
        let lost = acknowledged.withLock { $0.subtracting(stored) }
        #expect(lost.isEmpty, "acknowledged and lost: \(lost.sorted())")
        #expect(Set(stored).isSubset(of: sent.withLock { $0 }))
        let report = try JSON(parsing: server.send("GET", "/v1/sessions/s/students/ada/report").body)
        #expect(report["frames"]?["received"] == .number(Double(stored.count)), "the rollups count what is stored")
        #expect(try classpulse(["token", "list", "--database", scratch.path("a.sqlite")]).status == 0)
        #expect(server.stop() == 0)
    }

    @Test func requestsInFlightFinishOnSIGTERM() throws {
        let scratch = try Scratch()
        let server = try ServerProcess(database: scratch.path("a.sqlite"))
        try server.makeClassroom()
        let statuses = Monitor<[Int]>([])
        let group = DispatchGroup()
        let (picture, http) = (picture, server.client)
        for index in 0..<6 {
            group.enter()
            Thread.detachNewThread {
                let headers = [
                    ("Authorization", "Bearer \(ServerProcess.admin)"), ("Content-Type", "image/png"),
                    ("Idempotency-Key", "\(index)"),
                ]
                let answer = try? http.send(
                    "POST", "/v1/sessions/s/students/ada/frames", headers: headers, body: picture)
                statuses.withLock { $0.append(answer?.status ?? 0) }
                group.leave()
            }
        }
        while statuses.withLock({ $0.isEmpty }) { usleep(1000) }
        #expect(server.stop() == 0)
        group.wait()
        let acknowledged = statuses.withLock { $0 }.filter { $0 == 201 }.count
        let again = try ServerProcess(database: scratch.path("a.sqlite"))
        #expect(try again.storedFrames().count == acknowledged, "\(statuses.withLock { $0 })")
    }
}
