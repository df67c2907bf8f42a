import Configuration

extension Settings {
    /// Puts the layers together: embedded defaults < file < environment < command line.
    /// - Parameters:
    ///   - file: path of a JSON file, nil for none.
    ///   - environment: all variables of the process; those that begin with `CLASSPULSE_` must name a setting.
    ///   - flags: values by name of setting.
    /// - Throws: `SettingsError` naming the first unknown key or bad value.
    public static func load(
        file: String?, environment: [String: String], flags: [String: String] = [:]
    ) throws(SettingsError) -> Settings {
        let fileValues = try file.map(SettingsFile.init)?.values ?? [:]
        try refuseUnknown(environment: environment, flags: flags)
        let reader = ConfigReader(providers: [
            inMemory(flags),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "classpulse"),
            inMemory(fileValues),
        ])
        var settings = Settings()
        for setting in Setting.table {
            guard let text = reader.string(forKey: ConfigKey(setting.name), isSecret: setting.isSecret) else {
                continue
            }
            guard setting.set(text, in: &settings) else {
                let origin =
                    flags[setting.name] != nil
                    ? "command line" : environment[setting.variable] != nil ? setting.variable : file ?? "file"
                throw .badValue(
                    name: setting.name, value: setting.isSecret ? "the value" : "\"\(text)\"",
                    expectation: setting.expectation, origin: origin)
            }
        }
        try settings.checkTogether()
        return settings
    }

    /// Variables that begin with `CLASSPULSE_` and configure something other than the server.
    static let otherVariables: Set<String> = [
        "CLASSPULSE_BINARY", "CLASSPULSE_DATA", "CLASSPULSE_ISA", "CLASSPULSE_SITE",
    ]

    private static func refuseUnknown(environment: [String: String], flags: [String: String]) throws(SettingsError) {
        let variables = Set(Setting.table.map(\.variable)).union(otherVariables)
        for name in environment.keys.sorted() where name.hasPrefix("CLASSPULSE_") && !variables.contains(name) {
            throw .unknown(name: name, origin: "environment")
        }
        for name in flags.keys.sorted() where Setting.byName[name] == nil {
            throw .unknown(name: name, origin: "command line")
        }
    }

    private static func inMemory(_ values: [String: String]) -> InMemoryProvider {
        let pairs = values.map {
            (AbsoluteConfigKey(ConfigKey($0.key)), ConfigValue(.string($0.value), isSecret: false))
        }
        return InMemoryProvider(values: Dictionary(uniqueKeysWithValues: pairs))
    }

    private func checkTogether() throws(SettingsError) {
        for (name, text) in [("host", host), ("database", database)] where text.isEmpty || text.contains("\0") {
            throw .conflict(name: name, reason: "must not be empty")
        }
        if !adminToken.isEmpty {
            guard adminToken.count >= 16, adminToken.unicodeScalars.allSatisfy(Self.isPrintable),
                adminToken.first?.isWhitespace == false, adminToken.last?.isWhitespace == false
            else {
                throw .conflict(
                    name: "admin_token",
                    reason: "needs at least 16 printable characters, no control characters and no space at its ends")
            }
        }
        if region == "eu" && mode == "expression" && !noticeAcknowledged {
            throw .conflict(
                name: "region",
                reason: """
                    Art. 5(1)(f) of the EU AI Act prohibits inferring emotions in education; set mode to presence, \
                    or notice_acknowledged to true if you answer for an exception
                    """)
        }
        if multipartBytes < imageBytes {
            throw .conflict(name: "http.multipart_bytes", reason: "is less than image.max_bytes (\(imageBytes))")
        }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
