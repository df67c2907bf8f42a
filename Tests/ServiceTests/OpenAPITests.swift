import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import Service

@Suite struct OpenAPITests {
    private static let hasPython = FileManager.default.isExecutableFile(atPath: Fixtures.python.path)

    @Test func everyRouteIsDescribedAndAnswers() throws {
        let room = try Classroom()
        let document = try room.send("GET", "/openapi.json", as: .some(nil)).json
        guard case .object(let paths)? = document["paths"] else {
            Issue.record("no paths")
            return
        }
        var described: Set<String> = []
        for path in paths {
            guard case .object(let operations) = path.value else { continue }
            let target = path.name.replacingOccurrences(of: "{class}", with: "c1")
                .replacingOccurrences(of: "{student}", with: "ada").replacingOccurrences(of: "{session}", with: "s1")
                .replacingOccurrences(of: "{file}", with: "js/dashboard.js")
            for operation in operations {
                let method = operation.name.uppercased()
                described.insert("\(method) \(path.name)")
                if target.hasPrefix("/v1/") {
                    let odd = try room.send(method, target + "?odd=1", type: "application/json").outcome
                    #expect(
                        odd == "400 invalid_query" || odd == "415 unsupported_media_type",
                        "\(method) \(path.name): \(odd)")
                }
                let answer = try room.send(method, target, type: "application/json")
                #expect(
                    answer.outcome != "404 not_found" && answer.status != 405,
                    "\(method) \(path.name): \(answer.outcome)")
                let listed = operation.value["responses"]?[String(answer.status)]
                #expect(listed != nil, "\(method) \(path.name) answers \(answer.outcome), which it does not describe")
                if let code = answer.errorCode {
                    #expect(listed?.text.contains(code) == true, "\(method) \(path.name) answers \(code) undescribed")
                }
            }
        }
        let routes = Set(Service.endpoints.map { "\($0.method) \($0.path.filter { $0 != "*" })" })
        #expect(described == routes)
        #expect(Set(Service.endpoints.map(\.id)).count == Service.endpoints.count)
    }

    /// Docs/API.md names every code with its status, and no other.
    @Test func everyErrorCodeIsDocumented() throws {
        let text = try String(contentsOf: Fixtures.packageRoot.appendingPathComponent("Docs/API.md"), encoding: .utf8)
        var documented: [String: Int] = [:]
        for line in text.components(separatedBy: "\n") where line.hasPrefix("| ") {
            let cells = line.components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 4, let status = Int(cells[1]) else { continue }
            for code in cells[2].components(separatedBy: "`").enumerated().filter({ $0.offset % 2 == 1 }).map(\.element)
            {
                documented[code] = status
            }
        }
        for code in APIError.Code.allCases {
            #expect(documented[code.rawValue] == code.status, "\(code.rawValue)")
        }
        let protocolCodes: Set = [
            "bad_request", "request_timeout", "target_too_long", "expectation_failed", "header_too_large",
            "unsupported_transfer_coding", "shutting_down", "unsupported_version",
        ]
        for code in documented.keys where !protocolCodes.contains(code) {
            #expect(APIError.Code(rawValue: code) != nil, "\(code) is documented and never answered")
        }
    }

    @Test(.enabled(if: hasPython, "needs .venv (make setup)"))
    func isValidOpenAPI() throws {
        let document = try Classroom().send("GET", "/openapi.json").text
        let script = """
            import json, sys
            from openapi_spec_validator import OpenAPIV31SpecValidator
            for error in OpenAPIV31SpecValidator(json.load(sys.stdin)).iter_errors(): print(error)
            """
        #expect(try Fixtures.run(Fixtures.python, ["-c", script], input: document) == "")
    }

    /// Real answers are held against the schema that the description gives for their route and status.
    @Test(.enabled(if: hasPython, "needs .venv (make setup)"))
    func answersFollowTheirSchemas() throws {
        let room = try Classroom()
        let picture = try Pictures.astronaut()
        func form(_ parts: [[UInt8]]) -> [UInt8] {
            let head = Array(
                "--B\r\nContent-Disposition: form-data; name=\"f\"\r\nContent-Type: image/png\r\n\r\n".utf8)
            return parts.flatMap { head + $0 + Array("\r\n".utf8) } + Array("--B--\r\n".utf8)
        }
        let student = "/v1/classes/c1/students/ada"
        let answers: [(String, HTTPClient.Answer)] = [
            ("postFrame", try room.post(picture, key: "k")), ("postFrame", try room.post(picture, key: "k")),
            ("postFrame", try room.post(form([picture, [1]]), type: "multipart/form-data; boundary=B")),
            ("postFrame", try room.post([1])),
            ("postGroupFrame", try room.send("POST", "/v1/sessions/s1/frames", type: "image/png", body: picture)),
            ("health", try room.send("GET", "/healthz")), ("readiness", try room.send("GET", "/readyz")),
            ("notice", try room.send("GET", "/v1/notice")), ("me", try room.send("GET", "/v1/me")),
            ("me", try room.send("GET", "/v1/me", as: "none")), ("model", try room.send("GET", "/v1/model")),
            ("createClass", try room.send("POST", "/v1/classes", json: ["name": "N"])),
            ("listClasses", try room.send("GET", "/v1/classes?limit=1")),
            ("getClass", try room.send("GET", "/v1/classes/c1")),
            ("listStudents", try room.send("GET", "/v1/classes/c1/students?limit=1")),
            ("putStudent", try room.send("PUT", "/v1/classes/c1/students/new", json: ["display_name": "N"])),
            ("getStudent", try room.send("GET", student)),
            ("putConsent", try room.send("PUT", student + "/consent", json: Pictures.consent)),
            ("listConsents", try room.send("GET", student + "/consents?limit=1")),
            ("createStudentToken", try room.send("POST", student + "/tokens")),
            ("startSession", try room.send("POST", "/v1/classes/c1/sessions", json: ["title": "T"])),
            ("listSessions", try room.send("GET", "/v1/classes/c1/sessions")),
            ("getSession", try room.send("GET", "/v1/sessions/s1")),
            ("getTimeline", try room.send("GET", "/v1/sessions/s1/students/ada/timeline")),
            ("getTimeline", try room.send("GET", "/v1/sessions/s1/students/ada/timeline?resolution=60s")),
            ("getTimeline", try room.send("GET", "/v1/sessions/s1/students/ada/timeline?resolution=frame&limit=1")),
            ("getReport", try room.send("GET", "/v1/sessions/s1/students/ada/report")),
            ("getReport", try room.send("GET", "/v1/sessions/s1/students/bob/report")),
            ("getClassReport", try room.send("GET", student + "/report")),
            ("getClassReport", try room.send("GET", "/v1/classes/c1/students/bob/report")),
            ("getDashboard", try room.send("GET", "/v1/sessions/s1/dashboard")),
            ("endSession", try room.send("POST", "/v1/sessions/s1/end")),
        ]
        let cases: [JSON] = answers.map { id, answer in
            ["operation": .string(id), "status": .string(String(answer.status)), "body": answer.json]
        }
        let input: JSON = ["document": try room.send("GET", "/openapi.json").json, "cases": .array(cases)]
        let script = """
            import json, sys
            from jsonschema import Draft202012Validator
            data = json.load(sys.stdin)
            document = data["document"]
            operations = {o["operationId"]: o for path in document["paths"].values() for o in path.values()}
            for case in data["cases"]:
                name = case["operation"], case["status"]
                response = operations[case["operation"]]["responses"].get(case["status"])
                if response is None: print(name, "not described"); continue
                schema = {**response["content"]["application/json"]["schema"], "components": document["components"]}
                for error in Draft202012Validator(schema).iter_errors(case["body"]):
                    print(name, list(error.absolute_path), error.message[:300])
            """
        #expect(try Fixtures.run(Fixtures.python, ["-c", script], input: input.text) == "")
        let tested = Set(answers.map(\.0))
        let untested = Service.endpoints.filter { endpoint in
            endpoint.answers.contains { $0.schema != nil && $0.schema != "Document" } && !tested.contains(endpoint.id)
        }
        #expect(untested.map(\.id) == [], "no answer of these was checked")
    }
}
