import ArgumentParser
import StrictJSON
import Timelines

/// Work on the database of a server that is stopped; `backup` and `audit` also beside a running one.
struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db",
        abstract: "Backs the database up, lists its audit trail; checks, rebuilds, compacts it while no server runs.",
        subcommands: [Backup.self, Audit.self, Check.self, Rebuild.self, Vacuum.self])

    struct Backup: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copies the database to a new file for its owner's eyes alone, also while the server runs.")
        @Argument(help: "The file to make; it must not exist.")
        var file: String
        @OptionGroup var options: DatabaseOptions

        func run() throws {
            let path = try options.settings.existingDatabase()
            do {
                let bytes = try Timelines.Backup.make(of: path, at: file)
                options.report(["bytes": .number(Double(bytes))], ["\(bytes) bytes in \(file)"])
            } catch {
                throw DatabaseUnusable(error, at: file)
            }
        }
    }

    struct Audit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists who gave or withdrew consent, made or revoked tokens and erased students, oldest first.")
        @Flag(help: "Print one JSON object a line.") var json = false
        @OptionGroup var settings: SettingsOptions

        func run() throws {
            let store = try settings.existingStore()
            var cursor: String?
            repeat {
                let page = try store.auditTrail(limit: 1000, after: cursor)
                for entry in page.elements { print(json ? entry.json.text : entry.line) }
                cursor = page.next
            } while cursor != nil
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Looks for damage in the file and its references; exit status 1 if there is any.")
        @OptionGroup var options: DatabaseOptions

        func run() throws {
            let faults = try options.work { database throws(StoreError) in try database.check() }
            options.report(["faults": .array(faults.map(JSON.string))], faults.isEmpty ? ["no faults"] : faults)
            if !faults.isEmpty { throw ExitCode.failure }
        }
    }

    struct Rebuild: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Computes the 10-second windows and the attendance from the frames anew.")
        @OptionGroup var options: DatabaseOptions

        func run() throws {
            let frames = try options.work { database throws(StoreError) in try database.rebuild() }
            options.report(["frames": .number(Double(frames))], ["rebuilt from \(frames) frames"])
        }
    }

    struct Vacuum: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rewrites the file without its free space and what may be left in it.")
        @OptionGroup var options: DatabaseOptions

        func run() throws {
            let size = try options.work { database throws(StoreError) in try database.vacuum() }
            options.report(
                ["bytes_before": .number(Double(size.before)), "bytes_after": .number(Double(size.after))],
                ["\(size.before) bytes before, \(size.after) after"])
        }
    }
}

extension AuditEntry {
    fileprivate var json: JSON {
        [
            "id": .string(String(id)), "time": .string(at.text), "actor": .string(actor),
            "action": .string(action.rawValue), "subject": .text(subject.map { String($0) }), "detail": .string(detail),
        ]
    }

    fileprivate var line: String {
        [String(id), at.text, actor, action.rawValue, subject.map { String($0) } ?? "-", detail].joined(separator: "\t")
    }
}

/// Why the work was not done: the command ends with status 1.
struct DatabaseUnusable: Error, CustomStringConvertible {
    var description: String

    init(description: String) { self.description = description }

    init(_ error: StoreError, at path: String) {
        switch error {
        case .notClassPulse, .unsupportedPath: description = error.description  // names the path itself
        default: description = "\(path): \(error.description)"
        }
    }
}

struct DatabaseOptions: ParsableArguments {
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var settings: SettingsOptions

    /// Opens the database alone; a server that runs on it is named as the reason for a refusal.
    func work<T>(_ body: (Maintenance) throws(StoreError) -> T) throws -> T {
        let path = try settings.existingDatabase()
        do {
            return try body(Maintenance(path: path))
        } catch StoreError.database(let error) where error.isBusy {
            throw DatabaseUnusable(description: "\(path) is in use; stop the server first")
        } catch {
            throw DatabaseUnusable(error, at: path)
        }
    }

    func report(_ object: JSON, _ lines: [String]) {
        if json { print(object.text) } else { for line in lines { print(line) } }
    }
}
