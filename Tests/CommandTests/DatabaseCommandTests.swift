import ArgumentParser
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

    private static let databaseCommands = ["audit", "backup", "check", "rebuild", "vacuum"]

    private func parsed(_ name: String, _ path: String) throws -> any ParsableCommand {
        try DatabaseCommand.parseAsRoot([name] + (name == "backup" ? [path + ".copy"] : []) + ["--database", path])
    }

    @Test(arguments: databaseCommands)
    func itCreatesNothing(name: String) throws {
        try inFolder { path in
            var command = try parsed(name, path)
            let error = #expect(throws: ValidationError.self) { try command.run() }
            #expect(error?.message.contains("there is no database \(path); name the server's with --database") == true)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    /// What is left of a database that was lost is no database without faults, and no new one either.
    @Test(arguments: databaseCommands)
    func itRefusesAnEmptyFile(name: String) throws {
        try inFolder { path in
            try Data().write(to: URL(fileURLWithPath: path))
            var command = try parsed(name, path)
            let error = #expect(throws: DatabaseUnusable.self) { try command.run() }
            #expect(error?.description == "\(path) is no ClassPulse database")
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
        }
    }

    @Test(arguments: [["list"], ["create", "--role", "admin"], ["revoke", "1"]])
    func tokensNeedADatabaseThatIsOne(words: [String]) throws {
        try inFolder { path in
            try Data().write(to: URL(fileURLWithPath: path))
            var command = try TokenCommand.parseAsRoot(words + ["--database", path])
            let error = #expect(throws: DatabaseUnusable.self) { try command.run() }
            #expect(error?.description == "\(path) is no ClassPulse database")
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
        }
    }

    @Test(arguments: ["check", "rebuild", "vacuum"])
    func aDatabaseInMemoryIsNone(name: String) throws {
        let scratch = try Scratch()
        let result = try classpulse(["db", name, "--database", ":memory:"], in: scratch.url)
        #expect(result.status != 0 && result.errors.contains("there is no database :memory:"), "\(result)")
    }

    /// Debian's SQLite would take both for something else than a file of that name.
    @Test(arguments: ["file:copy.db", ":memory:"])
    func aBackupIsInTheFileThatWasNamed(target: String) throws {
        let scratch = try Scratch()
        try TimelineStore(path: scratch.path("a.sqlite")).close()
        let result = try classpulse(["db", "backup", target, "--database", "a.sqlite"], in: scratch.url)
        #expect(result.status == 0, "\(result)")
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.url.path)
        #expect(Set(files) == [target, "a.sqlite"])
        let facts = try FileManager.default.attributesOfItem(atPath: scratch.path(target))
        #expect(facts[.posixPermissions] as? Int == 0o600)
        let size = try #require(facts[.size] as? Int)
        #expect(size > 0 && result.output == "\(size) bytes in \(target)\n")
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
