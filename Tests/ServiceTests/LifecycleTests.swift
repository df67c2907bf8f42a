import StrictJSON
import TestSupport
import Testing

@testable import Service

/// The same scenarios through both doors: in process, and over a socket to a running server.
@Suite struct LifecycleTests {
    @Test(arguments: Classroom.Kind.allCases)
    func fromClassToReport(_ kind: Classroom.Kind) throws {
        let room = try Classroom(kind)
        let made = try room.send("POST", "/v1/classes", json: ["id": "math", "name": "Mathematics"])
        #expect(made.status == 201)
        #expect(made.json["id"] == "math" && made.json["name"] == "Mathematics")
        #expect(
            try room.send("POST", "/v1/classes", json: ["id": "math", "name": "Again"]).outcome == "409 class_exists")

        let student = "/v1/classes/math/students/eve"
        #expect(try room.send("GET", student).outcome == "404 student_not_found")
        #expect(try room.send("PUT", student, json: ["display_name": "Eve"]).status == 201)
        let changed = try room.send(
            "PUT", student,
            json: ["display_name": "Eve É", "consent": ["granted": false, "notice_version": "1", "guardian": true]])
        #expect(changed.status == 200)
        #expect(changed.json["display_name"] == "Eve É" && changed.json["consent"]?["guardian"] == true)
        #expect(try room.send("GET", student).json == changed.json)

        let session = try room.send("POST", "/v1/classes/math/sessions", json: ["id": "algebra", "title": "Algebra"])
        #expect(session.status == 201 && session.json["ended_at"] == .null)
        #expect(
            try room.send("POST", "/v1/classes/math/sessions", json: ["id": "algebra", "title": "x"]).outcome
                == "409 session_exists")

        let frames = "/v1/sessions/algebra/students/eve/frames"
        let picture = try Pictures.astronaut()
        #expect(try room.send("POST", frames, type: "image/png", body: picture).outcome == "403 consent_required")
        let consent = try room.send("PUT", student + "/consent", json: ["granted": true, "notice_version": "1"])
        #expect(consent.status == 200 && consent.json["consent"]?["granted"] == true)
        let report = try room.send("POST", frames, type: "image/png", body: picture)
        #expect(report.status == 201, "\(report.text)")
        #expect(report.json["student"] == "eve" && report.json["session"] == "algebra")

        let timeline = try room.send("GET", "/v1/sessions/algebra/students/eve/timeline?resolution=frame")
        #expect(timeline.json["frames"] == .array([report.json]), "\(timeline.text)\n\(report.text)")
        let summary = try room.send("GET", "/v1/sessions/algebra/students/eve/report")
        #expect(summary.json["frames"]?["received"] == 1, "\(summary.text)")
        #expect(try room.send("GET", "/v1/classes/math/students/eve/report").json["frames"]?["received"] == 1)

        let ended = try room.send("POST", "/v1/sessions/algebra/end")
        #expect(ended.status == 200 && ended.json["ended_at"] != .null)
        #expect(try room.send("POST", "/v1/sessions/algebra/end", json: [:]).json == ended.json)
        #expect(try room.send("POST", frames, type: "image/png", body: picture).outcome == "409 session_ended")

        #expect(try room.send("DELETE", student).status == 204)
        #expect(try room.send("GET", student).outcome == "404 student_not_found")
        #expect(
            try room.send("GET", "/v1/sessions/algebra/students/eve/timeline?resolution=frame").outcome
                == "404 student_not_found")
    }

    @Test(arguments: Classroom.Kind.allCases)
    func healthNoticeAndDescription(_ kind: Classroom.Kind) throws {
        let room = try Classroom(kind, ready: false)
        #expect(try room.send("GET", "/healthz", as: .some(nil)).json["status"] == "ok")
        let notReady = try room.send("GET", "/readyz", as: .some(nil))
        #expect(notReady.outcome == "503 not_ready" && notReady.headers["retry-after"] == "1")
        #expect(notReady.json["error"]?["retryable"] == true)
        #expect(try room.post(Pictures.astronaut()).outcome == "503 not_ready")
        room.service.becomeReady(try TestEngine.make())
        #expect(try room.send("GET", "/readyz", as: .some(nil)).json["status"] == "ready")
        let notice = try room.send("GET", "/v1/notice", as: .some(nil))
        #expect(notice.text.contains("5(1)(f)") && notice.json["version"] == .string(Notice.version))
        #expect(notice.json["translations"]?["zh"]?.text.contains("2024/1689") == true)
        let me = try room.send("GET", "/v1/me", as: room.tokens[.student])
        #expect(me.json == ["role": "student", "class": "c1", "student": "ada", "visibility": "individual"])
    }

    @Test(arguments: Classroom.Kind.allCases)
    func methods(_ kind: Classroom.Kind) throws {
        let room = try Classroom(kind)
        let get = try room.send("GET", "/v1/classes/c1")
        let head = try room.send("HEAD", "/v1/classes/c1")
        #expect(head.status == 200 && head.body.isEmpty && head.headers["content-type"] == get.headers["content-type"])
        let options = try room.send("OPTIONS", "/v1/classes", as: .some(nil))
        #expect(options.status == 204 && options.headers["allow"] == "GET, HEAD, OPTIONS, POST")
        let patch = try room.send("PATCH", "/v1/classes/c1")
        #expect(patch.outcome == "405 method_not_allowed" && patch.headers["allow"] == "GET, HEAD, OPTIONS")
        for path in ["/nowhere", "/v1", "/v1/classes/c1/", "/v1//classes", "/v2/classes"] {
            #expect(try room.send("GET", path).outcome == "404 not_found", "\(path)")
        }
    }

    @Test(arguments: Classroom.Kind.allCases)
    func replaysAreIdempotent(_ kind: Classroom.Kind) throws {
        let room = try Classroom(kind)
        let picture = try Pictures.astronaut()
        let first = try room.post(picture, key: "frame 1!")
        #expect(first.status == 201 && first.json["frame_id"] == "frame 1!")
        let replay = try room.post([1, 2, 3], key: "frame 1!")
        #expect(replay.status == 200 && replay.json == first.json, "the stored report, nothing decoded")
        #expect(try room.storedFrames() == 1)

        let other = Pictures.consent
        _ = try room.send("PUT", "/v1/classes/c1/students/bob/consent", json: other)
        let conflict = try room.send(
            "POST", "/v1/sessions/s1/students/bob/frames", type: "image/png",
            headers: [("Idempotency-Key", "frame 1!")],
            body: picture)
        #expect(conflict.outcome == "409 idempotency_conflict")
        #expect(try room.post(picture).status == 201)
        #expect(try room.post(picture).status == 201)
        #expect(try room.storedFrames() == 3, "without a key the same picture is a new frame")
    }

    @Test func listsComeInPages() throws {
        let room = try Classroom()
        for index in 0..<5 {
            _ = try room.send("PUT", "/v1/classes/c2/students/s\(index)", json: ["display_name": "S"])
        }
        for list in ["students", "sessions"] {
            if list == "sessions" {
                for index in 0..<5 {
                    _ = try room.send("POST", "/v1/classes/c2/sessions", json: ["id": "x\(index)", "title": "T"])
                }
            }
            var (seen, cursor, pages) = ([JSON](), String?.none, 0)
            repeat {
                let answer = try room.send(
                    "GET", "/v1/classes/c2/\(list)?limit=2" + (cursor.map { "&cursor=\($0)" } ?? ""))
                guard case .array(let elements)? = answer.json[list] else { break }
                seen += elements.compactMap { $0["id"] }
                pages += 1
                if case .string(let next)? = answer.json["next"] { cursor = next } else { cursor = nil }
            } while cursor != nil && pages < 9
            #expect(seen.count == 5 && Set(seen).count == 5 && pages == 3, "\(list): \(seen)")
        }
    }
}
