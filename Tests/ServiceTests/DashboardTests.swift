import Concentration
import Foundation
import StrictJSON
import TestSupport
import Testing
import Timelines

@testable import Service

@Suite struct DashboardTests {
    @Test(arguments: Classroom.Kind.allCases)
    func validators(_ kind: Classroom.Kind) throws {
        let room = try Classroom(kind)
        let path = "/v1/sessions/s1/dashboard"
        _ = try room.post(Pictures.astronaut())
        let first = try room.send("GET", path)
        let etag = try #require(first.headers["etag"])
        #expect(first.status == 200 && first.json["students"]?.count == 2, "\(first.text)")
        #expect(etag.hasPrefix("W/\""))
        for candidate in [etag, String(etag.dropFirst(2)), "\"other\", \(etag)", "*"] {
            let again = try room.send("GET", path, headers: [("If-None-Match", candidate)])
            #expect(again.status == 304 && again.body.isEmpty && again.headers["etag"] == etag, "\(candidate)")
        }
        #expect(try room.send("GET", path, headers: [("If-None-Match", "\"other\"")]).status == 200)
        _ = try room.send("PUT", "/v1/classes/c1/students/eve", json: ["display_name": "Eve"])
        let changed = try room.send("GET", path, headers: [("If-None-Match", etag)])
        #expect(changed.status == 200 && changed.json["students"]?.count == 3, "a change of this process shows at once")
        #expect(changed.headers["etag"] != etag)
    }

    @Test func aggregateShowsNobody() throws {
        let room = try Classroom { options in
            options.visibility = .aggregate
            options.minimumGroupSize = 2
            let now = options.now().floored(to: ClassTimeline.step) + ClassTimeline.step / 2
            options.now = { now }
        }
        _ = try room.send("PUT", "/v1/classes/c1/students/bob/consent", json: Pictures.consent)
        _ = try room.post(Pictures.astronaut())
        let alone = try room.send("GET", "/v1/sessions/s1/dashboard").json
        #expect(alone["mode"] == "aggregate" && alone["students"] == [] && alone["class"]?["present"] == 1)
        #expect(alone["class"]?["coverage"] == .null && alone["class"]?["level"] == "unknown")
        #expect(alone["class"]?["timeline"]?["coverage"] == [.null], "\(alone.text)")
        let frames = "/v1/sessions/s1/students/bob/frames"
        #expect(try room.send("POST", frames, type: "image/png", body: Pictures.coffee()).status == 201)
        let both = try room.send("GET", "/v1/sessions/s1/dashboard").json
        #expect(
            both["students"] == [] && both["class"]?["present"] == 2 && both["class"]?["coverage"] == .null,
            "two who are there hide nobody while none of them is scored: \(both.text)")

        let now = room.service.options.now()
        room.append("ada", at: now - 120_000)
        room.append("ada", at: now)
        let one = try room.send("GET", "/v1/sessions/s1/dashboard").json["class"]
        #expect(one?["median"] == .null && one?["level"] == "unknown" && one?["expressions"] == .null)
        room.append("bob", at: now)
        let scored = try room.send("GET", "/v1/sessions/s1/dashboard").json["class"]
        #expect(scored?["median"] != .null && scored?["coverage"] != .null, "\(scored?.text ?? "")")
        guard case .array(let minutes)? = scored?["timeline"]?["median"] else {
            Issue.record("\(scored?.text ?? "")")
            return
        }
        #expect(minutes.first == .null && minutes.last != .null, "a minute that is one student's own is withheld")

        for path in [
            "/v1/sessions/s1/students/ada/timeline", "/v1/sessions/s1/students/ada/report",
            "/v1/classes/c1/students/ada/report",
        ] {
            #expect(try room.send("GET", path).outcome == "403 forbidden")
            #expect(try room.send("GET", path, as: room.tokens[.teacher]).outcome == "403 forbidden")
            #expect(try room.send("GET", path, as: room.tokens[.student]).status == 200)
        }
    }

    /// Reads on until `count` events are there, whole.
    private func events(_ connection: Int32, _ received: inout [UInt8], count: Int) throws -> [JSON] {
        while true {
            let complete = received.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
            let data = complete.filter { $0.starts(with: "data: ".utf8) }
            if data.count >= count { return try data.map { try JSON(parsing: Array($0.dropFirst(6))) } }
            guard let more = HTTPClient.read(from: connection) else {
                throw HTTPClient.Failure(description: "the stream ended after \(data.count) events")
            }
            received += more
        }
    }

    @Test func eventsFollowChangesAndEndWithTheToken() throws {
        let room = try Classroom(.live)
        try room.service.start()
        defer { room.service.stop() }
        let client = try #require(room.door as? HTTPClient)
        let teacher = try room.service.tokens.create(
            role: .teacher, class: "c1", student: nil, label: "", actor: "test")
        let connection = try client.connect(seconds: 120)
        defer { close(connection) }
        let head =
            "GET /v1/sessions/s1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer \(teacher.secret.text)\r\n\r\n"
        HTTPClient.write(Array(head.utf8), to: connection)
        var received: [UInt8] = []
        let first = try events(connection, &received, count: 1)
        #expect(String(decoding: received, as: UTF8.self).contains("Content-Type: text/event-stream"))
        #expect(first[0]["class"]?["present"] == 0)
        _ = try room.post(Pictures.astronaut())
        let second = try events(connection, &received, count: 2)
        #expect(second[1]["class"]?["present"] == 1)
        _ = try room.store.revokeToken(teacher.record.id, actor: "test", at: room.service.options.now())
        while let more = HTTPClient.read(from: connection) { received += more }
        #expect(received.suffix(5).elementsEqual("0\r\n\r\n".utf8), "the stream is finished when the token is revoked")
        for (path, outcome) in [
            ("/v1/sessions/nowhere/events", "404 session_not_found"), ("/v1/sessions/s1/events", "403 forbidden"),
        ] {
            let token = outcome.hasPrefix("403") ? room.tokens[.student] : room.admin
            #expect(try room.send("GET", path, as: .some(token)).outcome == outcome)
        }
    }

    @Test(arguments: Classroom.Kind.allCases)
    func pages(_ kind: Classroom.Kind) throws {
        let room = try Classroom(kind)
        let home = try room.send("GET", "/", as: .some(nil))
        #expect(home.status == 302 && home.headers["location"] == "/dashboard")
        for path in ["/dashboard", "/report", "/join", "/favicon.ico", "/assets/js/dashboard.js"] {
            let page = try room.send("GET", path, as: .some(nil))
            #expect(page.status == 200 && !page.body.isEmpty, "\(path)")
            #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true, "\(path)")
            let etag = try #require(page.headers["etag"])
            let again = try room.send("GET", path, as: .some(nil), headers: [("If-None-Match", etag)])
            #expect(again.status == 304 && again.body.isEmpty, "\(path)")
        }
        for path in ["/assets/none.js", "/assets/", "/dashboard.html", "/assets/js"] {
            #expect(try room.send("GET", path, as: .some(nil)).outcome == "404 not_found", "\(path)")
        }
    }

    @Test func groupFrames() throws {
        let room = try Classroom(.live)
        let path = "/v1/sessions/s1/frames"
        let made = try room.send(
            "POST", path, type: "image/png", headers: [("Idempotency-Key", "g1")], body: Pictures.coffee())
        #expect(made.status == 201 && made.json["faces"] == [], "\(made.text)")
        let metrics = try room.send("GET", "/metrics").text
        for line in [
            "classpulse_frames_total{status=\"no_face\"} 0", "classpulse_frame_stage_seconds_count{stage=\"total\"} 1",
            "classpulse_group_faces_total{status=\"scored\"} 0", "classpulse_store_appends_total{outcome=\"stored\"} 1",
        ] {
            #expect(metrics.contains(line + "\n"), "\(line)")
        }
        let replay = try room.send("POST", path, type: "image/png", headers: [("Idempotency-Key", "g1")], body: [1])
        #expect(replay.status == 200 && replay.json == made.json)
        #expect(try room.send("POST", path, type: "image/png", body: [1, 2]).outcome == "422 not_an_image")
        #expect(
            try room.send("POST", path, type: "multipart/form-data; boundary=B", body: [1]).outcome
                == "415 unsupported_media_type")
        _ = try room.send("POST", "/v1/sessions/s1/end")
        #expect(try room.send("POST", path, type: "image/png", body: Pictures.coffee()).outcome == "409 session_ended")
    }
}

extension JSON {
    var count: Int? { if case .array(let elements) = self { elements.count } else { nil } }
}
