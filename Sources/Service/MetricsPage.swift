/// A page in the Prometheus text format 0.0.4.
struct MetricsPage {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""

    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let list = labels.map { "\($0.0)=\"\(Self.escape($0.1))\"" }.joined(separator: ",")
        let number = Int64(exactly: value).map(String.init) ?? value.description
        text += "\(name)\(list.isEmpty ? "" : "{\(list)}") \(number)\n"
    }

    /// A family of one unlabelled value.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        family(name, kind, help)
        sample(name, [], value)
    }

    mutating func histogram(_ name: String, _ labels: [(String, String)], _ histogram: Histogram) {
        var cumulative = 0
        for (bound, count) in zip(Histogram.bounds, histogram.counts) {
            cumulative += count
            sample(name + "_bucket", labels + [("le", bound.description)], Double(cumulative))
        }
        let total = histogram.counts.reduce(0, +)
        sample(name + "_bucket", labels + [("le", "+Inf")], Double(total))
        sample(name + "_sum", labels, histogram.sum)
        sample(name + "_count", labels, Double(total))
    }

    private static func escape(_ text: String) -> String {
        text.map { $0 == "\\" ? "\\\\" : $0 == "\"" ? "\\\"" : $0 == "\n" ? "\\n" : String($0) }.joined()
    }
}
