import Concentration
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import Service

/// What clients get wrong, each over a socket to a running server: a specific answer, the process alive, nothing stored.
@Suite struct BadInputTests {
    private let room: Classroom
    init() throws { room = try Classroom(.live) }

    private func expectUntouched(_ comment: Comment = "", _ location: SourceLocation = #_sourceLocation) throws {
        #expect(try room.send("GET", "/healthz").status == 200, comment, sourceLocation: location)
        #expect(try room.storedFrames() == 0, comment, sourceLocation: location)
    }

    @Test func pictures() throws {
        let picture = try Pictures.astronaut()
        let jpeg = Pictures.jpegHeader(width: 640, height: 480)
        let cases: [(String, [UInt8], String, String)] = [
            ("text", Array("this is no picture at all".utf8), "image/jpeg", "422 not_an_image"),
            ("empty", [], "image/jpeg", "422 not_an_image"),
            ("a GIF", Array("GIF89a".utf8) + Array(repeating: 0, count: 100), "image/png", "422 not_an_image"),
            ("truncated PNG", Array(picture.prefix(picture.count / 2)), "image/png", "422 truncated_image"),
            ("JPEG without data", jpeg, "image/jpeg", "422 truncated_image"),
            ("1×1 PNG", Pictures.pngHeader(width: 1, height: 1), "image/png", "422 image_too_small"),
            ("1×1 JPEG", Pictures.jpegHeader(width: 1, height: 1), "image/jpeg", "422 image_too_small"),
            (
                "30,000×30,000 PNG", Pictures.pngHeader(width: 30_000, height: 30_000), "image/png",
                "422 image_too_large"
            ),
            (
                "30,000×30,000 JPEG", Pictures.jpegHeader(width: 30_000, height: 30_000), "image/jpeg",
                "422 image_too_large"
            ),
            ("65,500×1 JPEG", Pictures.jpegHeader(width: 65_500, height: 1), "image/jpeg", "422 image_too_small"),
            ("6 MB", Array(repeating: 0xff, count: 6_000_000), "image/jpeg", "413 body_too_large"),
            ("text/plain", picture, "text/plain", "415 unsupported_media_type"),
            ("image/gif", picture, "image/gif", "415 unsupported_media_type"),
            ("no media type", picture, "/", "415 unsupported_media_type"),
        ]
        for (name, body, type, outcome) in cases {
            #expect(try room.post(body, type: type).outcome == outcome, "\(name)")
        }
        #expect(
            try room.send("POST", "/v1/sessions/s1/students/ada/frames", body: picture).outcome
                == "415 unsupported_media_type")
        try expectUntouched()
    }

    @Test func chunkedBodyBeyondTheLimit() throws {
        let client = try #require(room.door as? HTTPClient)
        let head = """
            POST /v1/sessions/s1/students/ada/frames HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(room.admin)\r
            Content-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n
            """
        let chunk = Array("100000\r\n".utf8) + Array(repeating: 0xff, count: 0x100000) + Array("\r\n".utf8)
        let answer = try HTTPClient.parse(
            client.exchange(Array(head.utf8) + Array(repeatElement(chunk, count: 6).joined())))
        #expect(answer.outcome == "413 body_too_large")
        try expectUntouched()
    }

    @Test func damagedPicturesNeverCrash() throws {
        let picture = try Pictures.astronaut()
        for index in stride(from: 0, to: picture.count, by: picture.count / 40) {
            var damaged = picture
            damaged[index] ^= 0x5a
            let answer = try room.post(damaged)
            #expect([201, 422].contains(answer.status), "byte \(index): \(answer.outcome)")
        }
        #expect(try room.send("GET", "/healthz").status == 200)
    }

    @Test func frameTargetsAndRights() throws {
        let picture = try Pictures.astronaut()
        func post(_ target: String, as token: String?? = .none) throws -> String {
            let answer = try room.send("POST", target, as: token, type: "image/png", body: picture)
            return answer.outcome
        }
        let ada = "/v1/sessions/s1/students/ada/frames"
        #expect(try post("/v1/sessions/nowhere/students/ada/frames") == "404 session_not_found")
        #expect(try post("/v1/sessions/s1/students/nobody/frames") == "404 student_not_found")
        #expect(try post("/v1/sessions/s1/students/bob/frames") == "403 consent_required")
        #expect(try post("/v1/sessions/s1/students/bob/frames", as: room.tokens[.student]) == "403 forbidden")
        #expect(try post("/v1/sessions/s1/frames", as: room.tokens[.student]) == "403 forbidden")
        #expect(try post(ada, as: .some(nil)) == "401 unauthorized")
        #expect(try post(ada, as: "cp_wrong") == "401 unauthorized")
        #expect(try post(ada, as: "") == "401 unauthorized")
        let stranger = try room.service.tokens.create(
            role: .ingest, class: "c2", student: nil, label: "", actor: "test")
        #expect(try post(ada, as: stranger.secret.text) == "403 forbidden")
        try expectUntouched()
    }

    @Test func times() throws {
        let picture = try Pictures.astronaut()
        let now = room.service.options.now()
        let cases = [
            ("\((now + 120_000).text)", "400 captured_at_in_future"),
            ("\((now + 86_400_000).text)", "400 captured_at_in_future"),
            ("2099-01-01T00:00:00Z", "400 captured_at_in_future"),
            ("2101-01-01T00:00:00Z", "400 captured_at_out_of_range"),
            ("1999-12-31T23:59:59Z", "400 captured_at_out_of_range"),
            ("0001-01-01T00:00:00Z", "400 captured_at_out_of_range"),
            ("9999-12-31T23:59:59Z", "400 captured_at_out_of_range"),
            ("\((now - 90_000_000).text)", "400 captured_at_out_of_range"),
            ("yesterday", "400 invalid_timestamp"), ("", "400 invalid_timestamp"),
            ("1700000000", "400 invalid_timestamp"),
            ("2026-02-30T00:00:00Z", "400 invalid_timestamp"), ("2026-11-21T24:00:00Z", "400 invalid_timestamp"),
            ("2026-11-21T10:00:00", "400 invalid_timestamp"), ("2026-11-21%2010:00:00Z", "400 invalid_timestamp"),
            ("99999-01-01T00:00:00Z", "400 invalid_timestamp"), ("2026-11-21T10:00:00Z%00", "400 bad_request"),
        ]
        for (time, outcome) in cases {
            #expect(try room.post(picture, query: "?captured_at=\(time)").outcome == outcome, "\(time)")
        }
        #expect(try room.post(picture, query: "?captured=2026-11-21T10:00:00Z").outcome == "400 invalid_query")
        #expect(try room.post(picture, query: "?cropped=yes").outcome == "400 invalid_query")
        #expect(try room.post(picture, query: "?cropped=true&cropped=false").outcome == "400 invalid_query")
        try expectUntouched()
        #expect(
            try room.post(picture, query: "?captured_at=\((now + 5_000).text)").status == 201, "within the clock skew")
        #expect(
            try room.post(picture, query: "?captured_at=\((now - 3_600_000).text)").status == 201,
            "an hour before the start")
    }

    @Test func idempotencyKeys() throws {
        let picture = try Pictures.astronaut()
        for key in ["", String(repeating: "k", count: 129), "ключ"] {
            #expect(try room.post(picture, key: key).outcome == "400 invalid_idempotency_key", "\(key)")
        }
        try expectUntouched()
        #expect(try room.post(picture, key: String(repeating: "k", count: 128)).status == 201)
    }

    @Test(arguments: [
        ("", "400 invalid_json"), ("{", "400 invalid_json"), ("[]", "400 invalid_json"), ("null", "400 invalid_json"),
        ("\"text\"", "400 invalid_json"), ("{\"name\":\"x\"", "400 invalid_json"), ("{'name':'x'}", "400 invalid_json"),
        ("{\"name\":\"x\"} {}", "400 invalid_json"), ("{\"name\":\"a\",\"name\":\"b\"}", "400 invalid_json"),
        ("{\"name\":\"\\ud800\"}", "400 invalid_json"), ("\u{feff}{\"name\":\"x\"}", "400 invalid_json"),
        (String(repeating: "[", count: 50_000), "400 invalid_json"),
        (String(repeating: "{\"a\":", count: 10_000), "400 invalid_json"),
        ("{}", "400 missing_field"), ("{\"name\":null}", "400 missing_field"),
        ("{\"name\":\"x\",\"colour\":1}", "400 invalid_field"), ("{\"name\":1}", "400 invalid_field"),
        ("{\"name\":[\"x\"]}", "400 invalid_field"), ("{\"name\":true}", "400 invalid_field"),
        ("{\"name\":\"\"}", "400 invalid_field"), ("{\"name\":\" \"}", "400 invalid_field"),
        ("{\"name\":\"a\\u0000b\"}", "400 invalid_field"), ("{\"name\":\"a\\nb\"}", "400 invalid_field"),
        ("{\"name\":\"\(String(repeating: "x", count: 201))\"}", "400 invalid_field"),
        ("{\"name\":\"x\",\"id\":7}", "400 invalid_field"), ("{\"name\":\"x\",\"id\":\"\"}", "400 invalid_identifier"),
        ("{\"name\":\"x\",\"id\":\"a b\"}", "400 invalid_identifier"),
        ("{\"name\":\"x\",\"id\":\"..\"}", "400 invalid_identifier"),
        ("{\"name\":\"x\",\"id\":\"a/b\"}", "400 invalid_identifier"),
        ("{\"name\":\"x\",\"id\":\"é\"}", "400 invalid_identifier"),
        ("{\"name\":\"x\",\"id\":\"\(String(repeating: "x", count: 65))\"}", "400 invalid_identifier"),
        ("{\"name\":\"\(String(repeating: "x", count: 70_000))\"}", "413 body_too_large"),
    ])
    func jsonBodies(_ body: String, _ outcome: String) throws {
        let answer = try room.send("POST", "/v1/classes", type: "application/json", body: Array(body.utf8))
        #expect(answer.outcome == outcome, "\(body.prefix(60)): \(answer.text)")
        guard case .array(let classes)? = try room.send("GET", "/v1/classes").json["classes"] else {
            Issue.record("no classes")
            return
        }
        #expect(classes.count == 2, "nothing stored")
    }

    @Test func jsonBytesAndTypes() throws {
        #expect(
            try room.send("POST", "/v1/classes", type: "application/json", body: [0x7b, 0xff, 0x7d]).outcome
                == "400 invalid_json")
        let body = JSON.object([.init("name", "x")]).bytes
        for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application"] {
            #expect(
                try room.send("POST", "/v1/classes", type: type, body: body).outcome == "415 unsupported_media_type",
                "\(type)")
        }
        #expect(try room.send("POST", "/v1/classes", type: "application/json; charset=utf-8", body: body).status == 201)
    }

    /// The message names the field.
    @Test func consentBodies() throws {
        let cases: [(JSON, String, String)] = [
            (["granted": true], "400 missing_field", "notice_version"),
            (["notice_version": "1"], "400 missing_field", "granted"),
            (["granted": "true", "notice_version": "1"], "400 invalid_field", "granted"),
            (["granted": "false", "notice_version": "1"], "400 invalid_field", "granted"),
            (["granted": 1, "notice_version": "1"], "400 invalid_field", "granted"),
            (["granted": true, "notice_version": 1], "400 invalid_field", "notice_version"),
            (["granted": true, "notice_version": "1", "guardian": "no"], "400 invalid_field", "guardian"),
            (["granted": true, "notice_version": "1", "extra": 1], "400 invalid_field", "extra"),
            (["granted": true, "notice_version": "1", "time": "soon"], "400 invalid_timestamp", "time"),
            (
                ["granted": true, "notice_version": "1", "time": "2099-01-01T00:00:00Z"], "400 invalid_timestamp",
                "time"
            ),
        ]
        for (body, outcome, field) in cases {
            let direct = try room.send("PUT", "/v1/classes/c1/students/bob/consent", json: body)
            #expect(direct.outcome == outcome && direct.text.contains(field), "\(body.text): \(direct.text)")
            let nested = try room.send(
                "PUT", "/v1/classes/c1/students/bob", json: ["display_name": "Bob", "consent": body])
            #expect(nested.outcome == outcome && nested.text.contains(field), "\(body.text): \(nested.text)")
        }
        #expect(try room.send("GET", "/v1/classes/c1/students/bob").json["consent"] == .null)
    }

    @Test func identifiersAndQueries() throws {
        let cases = [
            ("/v1/classes/a%20b", "400 invalid_identifier"), ("/v1/classes/%C3%A9", "400 invalid_identifier"),
            ("/v1/classes/\(String(repeating: "x", count: 65))", "400 invalid_identifier"),
            ("/v1/sessions/a%22b", "400 invalid_identifier"), ("/v1/classes/a;b/students", "400 invalid_identifier"),
            ("/v1/classes/nowhere", "404 class_not_found"), ("/v1/sessions/nowhere", "404 session_not_found"),
            ("/v1/classes/c1/students/nobody", "404 student_not_found"),
            ("/v1/classes/nowhere/students", "404 class_not_found"),
            ("/v1/classes?limit=0", "400 invalid_query"), ("/v1/classes?limit=-1", "400 invalid_query"),
            ("/v1/classes?limit=1001", "400 invalid_query"), ("/v1/classes?limit=ten", "400 invalid_query"),
            ("/v1/classes?limit=+5", "400 invalid_query"), ("/v1/classes?limit=", "400 invalid_query"),
            ("/v1/classes?limit=99999999999999999999", "400 invalid_query"),
            ("/v1/classes?limit=5&limit=6", "400 invalid_query"),
            ("/v1/classes?cursor=x", "400 invalid_query"), ("/v1/classes?cursor=", "400 invalid_query"),
            ("/v1/classes/c1/students?cursor=c0.1", "400 invalid_query"),
            ("/v1/classes/c1/sessions?cursor=s%00", "400 bad_request"),
            ("/v1/classes?offset=5", "400 invalid_query"),
            ("/v1/sessions/s1/students/ada/timeline?resolution=5s", "400 invalid_query"),
            ("/v1/sessions/s1/students/ada/timeline?from=x", "400 invalid_timestamp"),
            ("/v1/sessions/s1/students/ada/timeline?cursor=zz", "400 invalid_query"),
            ("/v1/sessions/s1/students/nobody/report", "404 student_not_found"),
        ]
        for (target, outcome) in cases { #expect(try room.send("GET", target).outcome == outcome, "\(target)") }
    }

    @Test func multipart() throws {
        let picture = try Pictures.astronaut()
        func part(_ head: String, _ body: [UInt8]) -> [UInt8] {
            Array("--B\r\n\(head)\r\n\r\n".utf8) + body + Array("\r\n".utf8)
        }
        let png = part(
            "Content-Disposition: form-data; name=\"f\"; filename=\"../../x\"\r\nContent-Type: image/png", picture)
        let end = Array("--B--\r\n".utf8)
        let malformed: [(String, [UInt8], String)] = [
            ("no boundary", png + end, "multipart/form-data"),
            ("wrong boundary", png + end, "multipart/form-data; boundary=C"),
            ("empty body", [], "multipart/form-data; boundary=B"), ("no part", end, "multipart/form-data; boundary=B"),
            ("no end", png, "multipart/form-data; boundary=B"),
            ("text", Array("hello".utf8), "multipart/form-data; boundary=B"),
            ("no name", part("Content-Type: image/png", picture) + end, "multipart/form-data; boundary=B"),
            (
                "33 pictures", Array(repeatElement(png.prefix(100) + Array("\r\n".utf8), count: 33).joined()) + end,
                "multipart/form-data; boundary=B"
            ),
            ("bad boundary", png + end, "multipart/form-data; boundary=\"\""),
        ]
        for (name, body, type) in malformed {
            #expect(try room.post(body, type: type).outcome == "400 invalid_multipart", "\(name)")
        }
        try expectUntouched()

        let mixed =
            png
            + part("Content-Disposition: form-data; name=\"f\"\r\nContent-Type: image/png", Array("no picture".utf8))
            + part("Content-Disposition: form-data; name=\"f\"\r\nContent-Type: text/plain", picture)
            + part("Content-Disposition: form-data; name=\"captured_at\"", Array("2101-01-01T00:00:00Z".utf8)) + png
            + end
        let answer = try room.post(mixed, type: "multipart/form-data; boundary=B", key: "batch")
        #expect(answer.status == 207)
        guard case .array(let results)? = answer.json["results"] else {
            Issue.record("no results: \(answer.text)")
            return
        }
        let outcomes = results.map { result -> JSON in
            result["error"]?["code"] ?? result["report"]?["frame_id"] ?? .null
        }
        #expect(outcomes == ["batch.1", "not_an_image", "unsupported_media_type", "captured_at_out_of_range"])
        #expect(results.map { $0["status"] } == [201, 422, 415, 400])
        #expect(try room.storedFrames() == 1, "good parts count although others are bad")
        let replay = try room.post(mixed, type: "multipart/form-data; boundary=B", key: "batch")
        #expect(replay.text.hasPrefix(#"{"results":[{"status":200,"#))
        #expect(try room.storedFrames() == 1)
    }
}
