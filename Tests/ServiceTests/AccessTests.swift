import Concentration
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import Service

@Suite struct AccessTests {
    /// A path of the class `c1`, its student `ada` and its session `s1`, or of others.
    private func path(_ endpoint: Endpoint, class classID: String = "c1", student: String = "ada") -> String {
        endpoint.path.replacingOccurrences(of: "{class}", with: classID)
            .replacingOccurrences(of: "{student}", with: student).replacingOccurrences(of: "{session}", with: "s1")
    }

    private func send(_ endpoint: Endpoint, to path: String, in room: Classroom, as token: String?) throws -> String {
        switch endpoint.body {
        case .none: try room.send(endpoint.method, path, as: .some(token)).outcome
        case .json: try room.send(endpoint.method, path, as: .some(token), json: ["none": 1]).outcome
        case .pictures: try room.send(endpoint.method, path, as: .some(token), type: "image/png", body: [1]).outcome
        }
    }

    /// Every endpoint that needs a token refuses without one, with a wrong one, and with a role that may not.
    @Test func everyEndpointAndRole() throws {
        let room = try Classroom()
        for endpoint in Service.endpoints where !endpoint.path.contains("*") {
            let path = path(endpoint)
            guard case .roles(let roles) = endpoint.access else {
                #expect(try send(endpoint, to: path, in: room, as: nil) != "401 unauthorized", "\(endpoint.id)")
                continue
            }
            for wrong in [nil, "", "cp_unknown", room.admin + "x", String(room.admin.dropLast())] {
                #expect(
                    try send(endpoint, to: path, in: room, as: wrong) == "401 unauthorized",
                    "\(endpoint.id) \(wrong ?? "none")")
            }
            for role in Role.allCases where !roles.contains(role) {
                #expect(
                    try send(endpoint, to: path, in: room, as: room.tokens[role]) == "403 forbidden",
                    "\(endpoint.id) as \(role)")
            }
        }
    }

    /// Tokens of another class or student are refused wherever the path names one.
    @Test func otherClassesAndStudents() throws {
        let room = try Classroom()
        let tokens = room.service.tokens
        let others: [(Role, String)] = [
            (.teacher, try tokens.create(role: .teacher, class: "c2", student: nil, label: "", actor: "t").secret.text),
            (.ingest, try tokens.create(role: .ingest, class: "c2", student: nil, label: "", actor: "t").secret.text),
            (
                .student,
                try tokens.create(role: .student, class: "c1", student: "bob", label: "", actor: "t").secret.text
            ),
        ]
        for endpoint in Service.endpoints {
            guard case .roles(let roles) = endpoint.access else { continue }
            for (role, token) in others where roles.contains(role) {
                let isForeign = role == .student ? endpoint.path.contains("{student}") : endpoint.path.contains("{")
                guard isForeign else { continue }
                #expect(
                    try send(endpoint, to: path(endpoint), in: room, as: token) == "403 forbidden",
                    "\(endpoint.id) as \(role)")
            }
        }
        #expect(try room.storedFrames() == 0)
    }

    @Test func boundTokensSeeTheirClassOnly() throws {
        let room = try Classroom()
        let all = try room.send("GET", "/v1/classes").json["classes"]
        guard case .array(let classes)? = all else { throw HTTPClient.Failure(description: "no list") }
        #expect(classes.count == 2)
        let own = try room.send("GET", "/v1/classes", as: room.tokens[.student]).json["classes"]
        #expect(own == .array(classes.filter { $0["id"] == "c1" }))
    }

    @Test func studentsMakeTheirOwnConsent() throws {
        let room = try Classroom()
        let withdrawn = try room.send(
            "PUT", "/v1/classes/c1/students/ada/consent", as: room.tokens[.student],
            json: ["granted": false, "notice_version": "1"])
        #expect(withdrawn.status == 200)
        #expect(try room.post(Pictures.astronaut(), as: room.tokens[.student]).outcome == "403 consent_required")
        #expect(
            try room.post(Array("not decoded".utf8)).outcome == "403 consent_required",
            "consent comes before the picture")
    }

    /// Staff also record what was agreed to on forms of their own.
    @Test(arguments: [
        ("4", Role.student, "400 invalid_field"), ("0", .student, "400 invalid_field"),
        ("on-paper", .student, "400 invalid_field"), ("1", .student, "200"), (Notice.version, .student, "200"),
        ("on-paper", .teacher, "200"),
    ])
    func studentsConsentToWhatTheyCouldRead(version: String, role: Role, outcome: String) throws {
        let room = try Classroom()
        let answer = try room.send(
            "PUT", "/v1/classes/c1/students/ada/consent", as: room.tokens[role],
            json: ["granted": true, "notice_version": .string(version)])
        #expect(answer.outcome == outcome, "\(answer.text)")
    }

    @Test func tokensThroughTheAPI() throws {
        let room = try Classroom()
        let path = "/v1/classes/c1/students/ada/tokens"
        let made = try room.send("POST", path, as: room.tokens[.teacher], json: ["label": "Ada's laptop"])
        #expect(made.status == 201 && made.json["role"] == "student")
        guard case .string(let token)? = made.json["token"], case .string(let text)? = made.json["id"],
            let id = Int64(text)
        else { throw HTTPClient.Failure(description: made.text) }
        #expect(token.hasPrefix("cp_") && token.utf8.count == 3 + 43)
        let me = try room.send("GET", "/v1/me", as: token).json
        #expect(me["student"] == "ada" && me["visibility"] == "individual")
        #expect(try room.send("POST", "/v1/classes/c1/students/nobody/tokens").outcome == "404 student_not_found")
        _ = try room.store.revokeToken(id, actor: "test", at: room.service.options.now())
        try room.service.tokens.reload()
        #expect(try room.send("GET", "/v1/me", as: token).outcome == "401 unauthorized")
    }

    /// From the command line too, where no request is checked.
    @Test(arguments: ["a\tb", "a\nb", " ", String(repeating: "a", count: 201)])
    func aTokensLabelIsOneLine(label: String) throws {
        let tokens = try Classroom().service.tokens
        let error = #expect(throws: APIError.self) {
            try tokens.create(role: .admin, class: nil, student: nil, label: label, actor: "command")
        }
        #expect(error?.code == .invalidField && error?.message.contains("\"label\"") == true)
    }

    /// With a student's token a teacher would read what aggregate visibility keeps from them.
    @Test func aggregateLeavesStudentsTokensToTheAdmin() throws {
        let room = try Classroom { $0.visibility = .aggregate }
        let path = "/v1/classes/c1/students/ada/tokens"
        #expect(try room.send("POST", path, as: room.tokens[.teacher]).outcome == "403 forbidden")
        #expect(try room.send("POST", path).status == 201)
    }

    /// The answer to a picture is one reading; made-up students beside a real one would single out theirs.
    @Test func aggregateLeavesPicturesToStudentsAndDevices() throws {
        let room = try Classroom { $0.visibility = .aggregate }
        let picture = try Pictures.coffee()
        func group(as role: Role) throws -> String {
            let path = "/v1/sessions/s1/frames"
            return try room.send("POST", path, as: room.tokens[role], type: "image/png", body: picture).outcome
        }
        #expect(try room.post(picture, key: "k").status == 201)
        #expect(try room.post(picture, as: room.tokens[.teacher], key: "k").outcome == "403 forbidden", "a replay too")
        #expect(try room.post(picture, as: room.tokens[.student]).status == 201)
        #expect(try room.post(picture, as: room.tokens[.ingest]).status == 201)
        #expect(try group(as: .teacher) == "403 forbidden")
        #expect(try group(as: .ingest) == "201")
        let open = try Classroom()
        #expect(try open.post(picture, as: open.tokens[.teacher]).status == 201)
    }

    @Test func tokensExpire() throws {
        let room = try Classroom()
        let path = "/v1/classes/c1/students/ada/tokens"
        for (time, outcome) in [("2000-01-01T00:00:00Z", "invalid_timestamp"), ("tomorrow", "invalid_timestamp")] {
            let refused = try room.send("POST", path, json: ["expires_at": .string(time)])
            #expect(refused.outcome == "400 \(outcome)", "\(time)")
        }
        let end = room.service.options.now() + 3_600_000
        let made = try room.send("POST", path, json: ["expires_at": .string(end.text)])
        #expect(made.status == 201 && made.json["expires_at"] == .string(end.text))
        guard case .string(let token)? = made.json["token"] else { throw HTTPClient.Failure(description: made.text) }
        #expect(try room.send("GET", "/v1/me", as: token).status == 200)
        #expect(
            try TokenRegistry(store: room.store, now: { end + -1 }).principal(of: TokenSecret(token))?.studentID
                == "ada")
        #expect(try TokenRegistry(store: room.store, now: { end }).principal(of: TokenSecret(token)) == nil)
    }

    @Test func tokensOfAnErasedStudentEnd() throws {
        let room = try Classroom()
        #expect(try room.send("DELETE", "/v1/classes/c1/students/ada").status == 204)
        #expect(try room.send("GET", "/v1/me", as: room.tokens[.student]).outcome == "401 unauthorized")
    }

    @Test func rolesNeedTheirBounds() throws {
        let tokens = try Classroom().service.tokens
        let bad: [(Role, String?, String?)] = [
            (.admin, "c1", nil), (.admin, nil, "ada"), (.teacher, nil, nil), (.teacher, "c1", "ada"),
            (.ingest, nil, nil),
            (.student, "c1", nil), (.student, nil, "ada"), (.student, "c1", "nobody"), (.teacher, "nowhere", nil),
        ]
        for (role, classID, student) in bad {
            #expect(throws: (any Error).self, "\(role) \(classID ?? "-") \(student ?? "-")") {
                try tokens.create(role: role, class: classID, student: student, label: "", actor: "test")
            }
        }
    }

    @Test(arguments: ["", "Bearer", "Bearer ", "Basic abc", "bearer\tx", "Bearer  double", "token"])
    func authorizationLines(_ line: String) throws {
        let room = try Classroom(.live)
        let answer = try room.send("GET", "/v1/me", as: .some(nil), headers: [("Authorization", line)])
        #expect(answer.outcome == "401 unauthorized" && answer.headers["www-authenticate"] == "Bearer")
        let twice = [("Authorization", "Bearer \(room.admin)"), ("Authorization", "Bearer \(room.admin)")]
        #expect(try room.send("GET", "/v1/me", as: .some(nil), headers: twice).outcome == "401 unauthorized")
        #expect(
            try room.send("GET", "/v1/me", as: .some(nil), headers: [("authorization", "bearer \(room.admin)")]).status
                == 200)
    }

    @Test func hashesCompareWhole() {
        let hash = TokenSecret("a").hash
        #expect(TokenSecret.equal(hash, TokenSecret("a").hash))
        for index in hash.indices {
            var other = hash
            other[index] ^= 1
            #expect(!TokenSecret.equal(hash, other), "\(index)")
        }
        #expect(!TokenSecret.equal(hash, Array(hash.dropLast())))
        #expect(Set((0..<1000).map { _ in TokenSecret.random().text }).count == 1000)
    }
}
