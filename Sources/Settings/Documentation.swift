extension Setting {
    /// The table of Docs/Configuration.md.
    public static var markdown: String {
        let defaults = Settings()
        var lines = ["| setting | default | unit | what it does |", "|---|---|---|---|"]
        for setting in table {
            let text = setting.text(in: defaults)
            lines.append(
                "| `\(setting.name)` | \(text.isEmpty ? "" : "`\(text)`") | \(setting.unit) | \(setting.sentences) |"
            )
        }
        return lines.joined(separator: "\n")
    }

    /// The settings as indented text for `--help`.
    public static var helpText: String {
        let defaults = Settings()
        return table.map { setting in
            let unit = setting.unit.isEmpty ? "" : " \(setting.unit)"
            let text = setting.text(in: defaults)
            return "  \(setting.name) (\(text.isEmpty ? "empty" : text + unit))\n      \(setting.sentences)"
        }.joined(separator: "\n")
    }

    /// What it does, and what it may be.
    private var sentences: String {
        if case .text = value { help } else { "\(help) \(expectation.capitalizedFirst)." }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
