import Foundation
import Settings
import StrictJSON
import TestSupport
import Testing

@Suite struct SettingsTests {
    /// A configuration file with this content.
    private func file(_ content: String) throws -> String {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString).json")
        try Data(content.utf8).write(to: url)
        return url.path
    }

    @Test func defaultsWithoutAnything() throws {
        #expect(try Settings.load(file: nil, environment: ["PATH": "/bin"]) == Settings())
    }

    @Test func laterLayersWin() throws {
        let path = try file(#"{"port":1,"host":"file","database":"file","time":{"clock_skew_s":5}}"#)
        let settings = try Settings.load(
            file: path, environment: ["CLASSPULSE_PORT": "2", "CLASSPULSE_HOST": "environment"], flags: ["port": "3"])
        #expect(settings.port == 3)
        #expect(settings.host == "environment")
        #expect(settings.database == "file")
        #expect(settings.clockSkew == 5)
    }

    /// Every setting can be given by file and by variable, and arrives.
    @Test(arguments: Setting.table.map(\.name))
    func arrives(_ name: String) throws {
        let setting = try #require(Setting.table.first { $0.name == name })
        let (text, json): (String, String) =
            switch setting.value {
            case .text: ("sixteen characters", "\"sixteen characters\"")
            case .choice(_, let choices): (choices.last!, "\"\(choices.last!)\"")
            case .flag: ("true", "true")
            case .whole(_, let range): ("\(range.upperBound)", "\(range.upperBound)")
            case .number(_, let range): ("\(Int(range.upperBound))", "\(Int(range.upperBound))")
            }
        var environment = [setting.variable: text]
        if name == "image.max_bytes" { environment["CLASSPULSE_HTTP_MULTIPART_BYTES"] = text }
        #expect(setting.text(in: try Settings.load(file: nil, environment: environment)) == text)

        let nested = name.split(separator: ".").reversed().reduce(json) { "{\"\($1)\":\($0)}" }
        environment[setting.variable] = nil
        #expect(setting.text(in: try Settings.load(file: try file(nested), environment: environment)) == text)
    }

    @Test(arguments: Setting.table.map(\.name))
    func refusesBadValues(_ name: String) throws {
        let setting = try #require(Setting.table.first { $0.name == name })
        let bad: [String] =
            switch setting.value {
            case .text: []
            case .choice: ["", "nonsense"]
            case .flag: ["", "maybe", "2", "yes please"]
            case .whole(_, let range):
                ["", "x", "1.5", "\(range.upperBound + 1)", "99999999999999999999999", "-1", "0x10"]
            case .number(_, let range): ["", "x", "nan", "inf", "\(range.upperBound + 1)", "-1"]
            }
        for text in bad {
            #expect("\(name) = \(text)") {
                try Settings.load(file: nil, environment: [setting.variable: text])
            } throws: {
                "\($0)".contains(name) && "\($0)".contains(setting.variable)
            }
        }
        let wrongType = if case .flag = setting.value { "\"true\"" } else { "[1]" }
        let nested = name.split(separator: ".").reversed().reduce(wrongType) { "{\"\($1)\":\($0)}" }
        #expect { try Settings.load(file: try file(nested), environment: [:]) } throws: { "\($0)".contains(name) }
    }

    @Test(arguments: [
        (#"{"prot":1}"#, "prot"), (#"{"http":{"lines":1}}"#, "http.lines"), (#"{"http":1}"#, "http"),
        (#"{"host":{"name":"x"}}"#, "host"), (#"{"a":{"b":1}}"#, "a"), (#"{"port":1,"port":2}"#, "port"),
        (#"{"http.line_bytes":1000}"#, "http.line_bytes"),
        (#"{"http.line_bytes":1000,"http":{"line_bytes":2000}}"#, "http.line_bytes"),
        (#"{"time":{"clock_skew_s":1},"":{"time":{"clock_skew_s":2}}}"#, "unknown setting"),
        ("[]", "array"),
        ("{", "name"), (#"{"port":"8080"}"#, "port"), (#"{"port":true}"#, "port"), (#"{"host":null}"#, "host"),
    ])
    func refusesBadFiles(_ content: String, _ word: String) throws {
        let path = try file(content)
        #expect { try Settings.load(file: path, environment: [:]) } throws: {
            $0 is SettingsError && "\($0)".contains(word) && "\($0)".contains(path)
        }
    }

    @Test func refusesAMissingFile() {
        #expect(throws: SettingsError.unreadableFile(path: "/nowhere.json", reason: "cannot be read")) {
            try Settings.load(file: "/nowhere.json", environment: [:])
        }
    }

    @Test func refusesUnknownVariablesAndFlags() {
        #expect(throws: SettingsError.unknown(name: "CLASSPULSE_PROT", origin: "environment")) {
            try Settings.load(file: nil, environment: ["CLASSPULSE_PROT": "1"])
        }
        #expect(throws: SettingsError.unknown(name: "prot", origin: "command line")) {
            try Settings.load(file: nil, environment: [:], flags: ["prot": "1"])
        }
    }

    @Test(arguments: [
        "short", "fifteen letters", " leading space and more", "trailing space and more ", "with\u{7}bell and sixteen",
    ])
    func refusesBadAdminTokens(_ token: String) {
        #expect { try Settings.load(file: nil, environment: ["CLASSPULSE_ADMIN_TOKEN": token]) } throws: {
            "\($0)".contains("admin_token") && !"\($0)".contains(token)
        }
    }

    @Test(arguments: ["0123456789abcdef", "with inner spaces!", "§ umlauts äöü ßßß §"])
    func acceptsPrintableAdminTokens(_ token: String) throws {
        #expect(try Settings.load(file: nil, environment: ["CLASSPULSE_ADMIN_TOKEN": token]).adminToken == token)
    }

    @Test func expressionModeInTheEUNeedsAcknowledgement() throws {
        #expect { try Settings.load(file: nil, environment: ["CLASSPULSE_REGION": "eu"]) } throws: {
            "\($0)".contains("5(1)(f)")
        }
        for variable in ["CLASSPULSE_NOTICE_ACKNOWLEDGED": "true", "CLASSPULSE_MODE": "presence"] {
            let environment = ["CLASSPULSE_REGION": "eu", variable.key: variable.value]
            #expect(try Settings.load(file: nil, environment: environment).region == "eu")
        }
    }

    @Test func documentedExactly() throws {
        let document = try String(
            contentsOf: Fixtures.packageRoot.appendingPathComponent("Docs/Configuration.md"), encoding: .utf8)
        #expect(
            document.contains(Setting.markdown), "Docs/Configuration.md should hold this table:\n\(Setting.markdown)")
        for setting in Setting.table {
            #expect(Setting.helpText.contains(setting.help))
            if case .text = setting.value { continue }
            let range = setting.expectation.prefix(1).uppercased() + setting.expectation.dropFirst()
            #expect(Setting.helpText.contains("\(setting.help) \(range)."), "\(setting.name)")
        }
    }

    /// Config/classpulse.json holds every setting but the secret ones, each with its default.
    @Test func shippedFileIsTheDefaults() throws {
        let url = Fixtures.packageRoot.appendingPathComponent("Config/classpulse.json")
        #expect(try Settings.load(file: url.path, environment: [:]) == Settings())
        let json = try JSON(parsing: Array(Data(contentsOf: url)))
        for setting in Setting.table where !setting.isSecret {
            let value = setting.name.split(separator: ".").reduce(json) { $0?[String($1)] }
            #expect(value != nil, "\(setting.name)")
        }
    }
}
