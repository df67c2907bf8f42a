import Foundation

/// What Docs/Architecture.md says about modules: its table, its list of C targets, and what may be imported anywhere.
struct ModuleMap {
    /// Swift modules in the order of the table, each with what it may import.
    private(set) var imports: [(module: String, allowed: Set<String>)] = []
    let cTargets: Set<String>
    let anywhere: Set<String>

    var modules: Set<String> { Set(imports.map(\.module)) }

    static func read() throws -> ModuleMap { ModuleMap(document: try Checkout.text("Docs/Architecture.md")) }

    init(document: String) {
        cTargets = Self.names(in: document, after: "C targets:")
        anywhere = Self.names(in: document, after: "Anywhere:")
        for line in document.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3 else { continue }
            let allowed = cells[2].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            imports.append((cells[0].trimmingCharacters(in: ["`"]), Set(allowed).subtracting(["–"])))
        }
        // "all" stands for every other module of the table.
        for index in imports.indices where imports[index].allowed.remove("all") != nil {
            imports[index].allowed.formUnion(imports.map(\.module).filter { $0 != imports[index].module })
        }
    }

    /// The capitalised names in backquotes from `marker` to the end of its paragraph.
    private static func names(in document: String, after marker: String) -> Set<String> {
        guard let start = document.range(of: marker)?.upperBound else { return [] }
        let paragraph = document[start...].components(separatedBy: "\n\n")[0]
        let quoted = paragraph.components(separatedBy: "`").enumerated().filter { !$0.offset.isMultiple(of: 2) }
        let words = quoted.flatMap { $0.element.split(separator: " ").map(String.init) }
        return Set(words.filter { $0.first?.isUppercase == true })
    }
}

/// The modules that a Swift source file imports, with their line numbers.
func imports(inSource source: String) -> [(module: String, line: Int)] {
    let attribute = #"(?:@\w+(?:\([^)]*\))?\s+|(?:public|package|internal|private|fileprivate)\s+)*"#
    let kind = #"(?:(?:struct|class|enum|protocol|actor|typealias|func|let|var)\s+)?"#
    let pattern = try! Regex(#"^\s*"# + attribute + #"import\s+"# + kind + #"(\w+)"#, as: (Substring, Substring).self)
    return source.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
        (try? pattern.firstMatch(in: line)).map { (String($0.output.1), number + 1) }
    }
}
