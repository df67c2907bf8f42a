import Concentration
import Foundation
import StrictJSON
import TestSupport
import Testing
import Timelines

@testable import classpulse

struct DatabaseCommandTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("db-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appendingPathComponent("classpulse.db").path)
    }

    @Test(arguments: ["check", "rebuild", "vacuum"])
    func itWorksOnADatabaseThatNobodyUses(name: String) throws {
        try inFolder { path in
            try TimelineStore(path: path).close()
            var command = try DatabaseCommand.parseAsRoot([name, "--database", path])
            try command.run()
        }
    }

    @Test(arguments: ["check", "rebuild", "vacuum"])
    func itRefusesADatabaseInUse(name: String) throws {
        try inFolder { path in
            let store = try TimelineStore(path: path)
            defer { store.close() }
            var command = try DatabaseCommand.parseAsRoot([name, "--database", path])
            let error = #expect(throws: DatabaseUnusable.self) { try command.run() }
            #expect(error?.description == "\(path) is in use; stop the server first")
        }
    }

    @Test(arguments: ["check", "rebuild", "vacuum"])
    func itCreatesNothing(name: String) throws {
        try inFolder { path in
            var command = try DatabaseCommand.parseAsRoot([name, "--database", path])
            #expect(throws: DatabaseUnusable.self) { try command.run() }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func itListsTheAuditTrailBesideARunningServer() throws {
        try inFolder { path in
            let store = try TimelineStore(path: path)
            defer { store.close() }
            let now = Timestamp(milliseconds: 1_000)
            _ = try store.createClass("c", name: "Maths", at: now)
            let consent = Consent(granted: true, noticeVersion: "2", guardian: false, time: now)
            _ = try store.putStudent("ada", in: "c", displayName: "Ada", consent: consent, actor: "token:1", at: now)
            let program = try Fixtures.product("classpulse")
            let printed = try Fixtures.run(program, ["db", "audit", "--database", path])
            #expect(printed == "1\t1970-01-01T00:00:01.000Z\ttoken:1\tconsent_granted\t1\t\n")
            let line = try Fixtures.run(program, ["db", "audit", "--json", "--database", path])
            let json = try JSON(parsing: Array(line.utf8))
            #expect(json["action"] == "consent_granted" && json["subject"] == "1" && json["actor"] == "token:1")
        }
    }

    @Test func itBacksUpBesideARunningServer() throws {
        try inFolder { path in
            let store = try TimelineStore(path: path)
            defer { store.close() }
            _ = try store.createClass("c", name: "Maths", at: Timestamp(milliseconds: 1_000))
            let copy = path + ".copy"
            var command = try DatabaseCommand.parseAsRoot(["backup", copy, "--database", path])
            try command.run()
            let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let read = try TimelineStore(path: copy)
            #expect(try read.classes(limit: 9).elements.map(\.id) == ["c"])
            read.close()
            // What is there stays as it is.
            let bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
            let error = #expect(throws: DatabaseUnusable.self) { try command.run() }
            #expect(error?.description.contains("File exists") == true)
            #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == bytes)
        }
    }

    @Test func theBenchRefusesWhatItCannotMeasure() {
        for arguments in [["--students", "0"], ["--students", "1001"], ["--minutes", "0"], ["--seconds", "0"]] {
            #expect(throws: (any Error).self, "\(arguments)") { try BenchStoreCommand.parse(arguments) }
        }
    }
}
