import ArgumentParser
import FoundationEssentials
import Settings
import Timelines

/// Where the settings come from; shared by the commands that open the database.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Configuration file; Config/classpulse.json where that exists.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The SQLite database.", valueName: "path"))
    var database: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Any other setting; may be repeated. See Docs/Configuration.md.", valueName: "name=value"))
    var assignments: [String] = []

    static let standardFile = "Config/classpulse.json"

    /// The file in use, nil for none.
    var file: String? {
        config ?? (FileManager.default.fileExists(atPath: Self.standardFile) ? Self.standardFile : nil)
    }

    /// The path of a database that is there: a command that works on a server's must not make another.
    func existingDatabase() throws -> String {
        let path = try load().database
        guard FileManager.default.fileExists(atPath: path) else {
            throw ValidationError(
                "there is no database \(path); name the server's with --database or CLASSPULSE_DATABASE")
        }
        return path
    }

    /// The store of a database that is there, beside whatever else uses it.
    func existingStore() throws -> TimelineStore {
        let path = try existingDatabase()
        do {
            return try TimelineStore(path: path, mustExist: true)
        } catch {
            throw DatabaseUnusable(error, at: path)
        }
    }

    /// - Parameter flags: values of the command's own options by name of setting.
    func load(flags: [String: String?] = [:]) throws -> Settings {
        var values = flags.compactMapValues { $0 }
        values["database"] = database
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "=") else {
                throw ValidationError("--set needs NAME=VALUE, not \(assignment)")
            }
            values[String(assignment[..<equals])] = String(assignment[assignment.index(after: equals)...])
        }
        do {
            return try Settings.load(file: file, environment: ProcessInfo.processInfo.environment, flags: values)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
