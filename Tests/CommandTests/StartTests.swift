import Concentration
import Foundation
import Settings
import StrictJSON
import TestSupport
import Testing
import Timelines

@testable import classpulse

/// What stops a start, what a first start prints, and the token commands beside a running server.
@Suite(.serialized) struct StartTests {
    @Test func badSettingsStopTheStart() throws {
        let scratch = try Scratch()
        let file = scratch.path("c.json")
        try Data(#"{"http":{"linebytes":1}}"#.utf8).write(to: URL(fileURLWithPath: file))
        let rule = scratch.path("rule.json")
        try Data("{}".utf8).write(to: URL(fileURLWithPath: rule))
        let weighing = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Config/scoring.json").path
        let cases: [([String], [String: String], String)] = [
            (["--set", "mode=presence", "--set", "scoring.file=\(weighing)"], [:], "weighs expressions"),
            (["--set", "colour=red"], [:], "colour"), (["--set", "port"], [:], "port"),
            (["--port", "70000"], [:], "port"),
            (["--port", "http"], [:], "port"), (["--config", file], [:], "http.linebytes"),
            (["--config", scratch.path("none.json")], [:], "none.json"),
            ([], ["CLASSPULSE_PROT": "1"], "CLASSPULSE_PROT"),
            ([], ["CLASSPULSE_THREADS_QUICK": "0"], "threads.quick"),
            ([], ["CLASSPULSE_ADMIN_TOKEN": "short"], "admin_token"),
            (["--set", "region=eu"], [:], "region"), (["--set", "scoring.file=\(rule)"], [:], "scoring.file"),
            (["--set", "scoring.file=/nowhere.json"], [:], "scoring.file"),
            (["--host", "256.1.1.1"], [:], "256.1.1.1"),
        ]
        for (arguments, environment, word) in cases {
            let database = scratch.path("never.sqlite")
            let result = try classpulse(["serve", "--database", database] + arguments, environment: environment)
            #expect(result.status != 0 && result.errors.contains(word), "\(arguments) \(environment): \(result.errors)")
            #expect(!result.errors.contains("short"))
        }
        let text = scratch.path("text.sqlite")
        try Data(String(repeating: "this is no database\n", count: 100).utf8).write(to: URL(fileURLWithPath: text))
        #expect(try classpulse(["serve", "--database", text]).status != 0)
        #expect(try classpulse(["serve", "--database", scratch.path("no/such/folder.sqlite")]).status != 0)
        let help = try classpulse(["serve", "--help"])
        for setting in Setting.table { #expect(help.output.contains(setting.name), "\(setting.name)") }
    }

    @Test func theFirstStartPrintsATokenOnce() throws {
        let scratch = try Scratch()
        let database = scratch.path("a.sqlite")
        let first = try ServerProcess(database: database, environment: [:])
        let line = try #require(first.output.components(separatedBy: "\n").first { $0.hasPrefix("Admin token") })
        let token = try #require(line.components(separatedBy: " ").last)
        let me = try first.send("GET", "/v1/me", token: token).text
        #expect(me == #"{"role":"admin","class":null,"student":null,"visibility":"individual"}"#)
        #expect(first.output.contains("5(1)(f)") && first.output.contains("TOKEN=\(token); URL=http://127.0.0.1:"))
        #expect(first.stop() == 0)
        let bytes = try FileManager.default.contentsOfDirectory(atPath: scratch.url.path)
            .map { try Data(contentsOf: scratch.url.appendingPathComponent($0)) }
        #expect(bytes.allSatisfy { $0.range(of: Data(token.utf8)) == nil }, "only its hash is stored")

        let second = try ServerProcess(database: database, environment: ["CLASSPULSE_ADMIN_TOKEN": "sixteen letters."])
        #expect(!second.output.contains("Admin token") && !second.output.contains("cp_"))
        #expect(try second.send("GET", "/v1/me", token: token).status == 200)
        #expect(try second.send("GET", "/v1/me", token: "sixteen letters.").status == 200)
        #expect(second.stop() == 0)
    }

    @Test func tokensNeedADatabaseThatIsThere() throws {
        let scratch = try Scratch()
        for words in [["list"], ["create", "--role", "admin"], ["revoke", "1"]] {
            let result = try classpulse(["token"] + words + ["--database", scratch.path("none.sqlite")])
            #expect(result.status != 0 && result.output.isEmpty && result.errors.contains("CLASSPULSE_DATABASE"))
            #expect(!FileManager.default.fileExists(atPath: scratch.path("none.sqlite")))
        }
    }

    @Test func anAdminTokenThatHasExpiredIsNone() throws {
        let scratch = try Scratch()
        let database = scratch.path("a.sqlite")
        let store = try TimelineStore(path: database)
        _ = try store.createToken(
            hash: [1], role: .admin, class: nil, student: nil, label: "", expiresAt: Timestamp(milliseconds: 2),
            actor: "test", at: Timestamp(milliseconds: 1))
        store.close()
        let server = try ServerProcess(database: database, environment: [:])
        #expect(server.output.contains("Admin token, shown this once: cp_"))
        #expect(server.stop() == 0)
    }

    @Test func addressesForABrowser() {
        let hosts = ["127.0.0.1": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::1": "[::1]", "::": "[::1]", "pulse": "pulse"]
        for (host, shown) in hosts {
            #expect(ServeCommand.address(host: host, port: 8080) == "http://\(shown):8080")
        }
    }

    @Test func tokensBesideARunningServer() throws {
        let scratch = try Scratch()
        let database = scratch.path("a.sqlite")
        let server = try ServerProcess(database: database)
        try server.makeClassroom()
        let at = ["--database", database]
        let made = try classpulse(
            ["token", "create", "--role", "student", "--class", "c", "--student", "ada", "--json"] + at)
        let token = try JSON(parsing: Array(made.output.utf8.dropLast()))
        guard case .string(let secret)? = token["token"], case .string(let id)? = token["id"] else {
            Issue.record("\(made)")
            return
        }
        func waitFor(_ status: Int, as token: String? = nil) throws -> Bool {
            for _ in 0..<2_400 {
                if try server.send("GET", "/v1/me", token: token ?? secret).status == status { return true }
                usleep(50_000)
            }
            return false
        }
        #expect(try waitFor(200), "the running server takes up a new token")
        let list = try classpulse(["token", "list"] + at)
        #expect(list.output.contains("c/ada") && !list.output.contains(secret))
        #expect(try classpulse(["token", "revoke", id] + at).status == 0)
        #expect(try waitFor(401), "the running server drops a revoked token")
        #expect(try classpulse(["token", "list", "--json"] + at).output.contains("\"revoked_at\":\"2"))

        let brief = try classpulse(
            ["token", "create", "--role", "teacher", "--class", "c", "--expires-in", "1s", "--json"] + at)
        guard case .string(let briefly)? = try JSON(parsing: Array(brief.output.utf8.dropLast()))["token"] else {
            Issue.record("\(brief)")
            return
        }
        while try !classpulse(["token", "list"] + at).output.contains("\texpired\t") { usleep(50_000) }
        #expect(try waitFor(401, as: briefly), "a token expires")

        let teacher = try classpulse(["token", "create", "--role", "teacher", "--class", "c"] + at)
        #expect(teacher.status == 0 && teacher.output.hasPrefix("cp_") && teacher.output.count == 47)
        for bad in [
            ["create", "--role", "teacher"], ["create", "--role", "king"],
            ["create", "--role", "admin", "--expires-in", "0s"], ["create", "--role", "admin", "--expires-in", "soon"],
            ["create", "--role", "admin", "--expires-in", "9223372036854775807d"],
            ["create", "--role", "admin", "--class", "c"], ["create", "--role", "admin", "--label", "a\tb"],
            ["create", "--role", "teacher", "--class", "nowhere"], ["create", "--role", "student", "--class", "c"],
            ["create", "--role", "student", "--class", "c", "--student", "nobody"], ["revoke", "999"], ["revoke", "x"],
        ] {
            let result = try classpulse(["token"] + bad + at)
            #expect(result.status != 0 && !result.errors.isEmpty, "\(bad)")
        }
    }
}
