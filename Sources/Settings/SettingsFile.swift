import FoundationEssentials
import StrictJSON

/// The settings named in a configuration file, as text by dotted name.
struct SettingsFile {
    private(set) var values: [String: String] = [:]

    /// - Throws: `SettingsError`, naming what cannot be read, is unknown, or is of the wrong JSON type.
    init(path: String) throws(SettingsError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .unreadableFile(path: path, reason: "cannot be read")
        }
        do {
            try add(JSON(parsing: Array(data)), at: "", path: path)
        } catch let error as JSONError {
            throw .unreadableFile(path: path, reason: error.description)
        } catch let error as SettingsError {
            throw error
        } catch {
            throw .unreadableFile(path: path, reason: "\(error)")
        }
    }

    private mutating func add(_ json: JSON, at name: String, path: String) throws {
        if let setting = Setting.byName[name] {
            values[name] = try Self.text(json, for: setting, path: path)
        } else if case .object(let members) = json {
            guard name.isEmpty || Setting.table.contains(where: { $0.name.hasPrefix(name + ".") }) else {
                throw SettingsError.unknown(name: name, origin: path)
            }
            for member in members {
                let place = name.isEmpty ? member.name : "\(name).\(member.name)"
                // Dots and the empty name would give one setting a second place in the file.
                guard !member.name.isEmpty, !member.name.contains(".") else {
                    throw SettingsError.unknown(name: place, origin: path)
                }
                try add(member.value, at: place, path: path)
            }
        } else if name.isEmpty {
            throw SettingsError.unreadableFile(path: path, reason: "holds \(json.kind) where an object is expected")
        } else {
            throw SettingsError.unknown(name: name, origin: path)
        }
    }

    private static func text(_ json: JSON, for setting: Setting, path: String) throws(SettingsError) -> String {
        switch (setting.value, json) {
        case (.text, .string(let text)), (.choice, .string(let text)): return text
        case (.flag, .bool(let flag)): return flag ? "true" : "false"
        case (.whole, .number), (.number, .number): return json.text
        default:
            throw .badValue(
                name: setting.name, value: setting.isSecret ? "the value" : json.text, expectation: setting.expectation,
                origin: path)
        }
    }
}
