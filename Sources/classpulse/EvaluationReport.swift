import Concentration
import FoundationEssentials

/// What `evaluate` prints.
struct EvaluationReport: Encodable {
    struct Class: Encodable {
        let precision, recall, f1: Double
        let n: Int
    }

    let model: String
    /// How convolutions multiplied.
    let precision: String
    let n: Int
    let accuracy: Double
    let macroF1: Double
    let perClass: [String: Class]
    /// Rows: the true class; columns: the answer; both in the order of `labels`.
    let confusion: [[Int]]
    let labels: [String]
    let excluded: [String: Int]

    enum CodingKeys: String, CodingKey {
        case model, precision, n, accuracy, confusion, labels, excluded
        case macroF1 = "macro_f1"
        case perClass = "per_class"
    }

    init(model: String, precision: String, confusion: Confusion, excluded: [String: Int]) {
        self.model = model
        self.precision = precision
        n = confusion.total
        accuracy = confusion.accuracy
        macroF1 = confusion.macroF1
        labels = FacialExpression.allCases.map(\.rawValue)
        perClass = Dictionary(
            uniqueKeysWithValues: FacialExpression.allCases.map { expression in
                let (precision, recall, f1, n) = confusion.figures(of: expression)
                return (expression.rawValue, Class(precision: precision, recall: recall, f1: f1, n: n))
            })
        self.confusion = confusion.counts
        self.excluded = excluded
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    func table() -> String {
        var lines = [
            "model      \(model)", "numbers    \(precision)", "faces      \(n)", "accuracy   \(percent(accuracy))",
            "macro F1   \(percent(macroF1))",
        ]
        for (folder, count) in excluded.sorted(by: { $0.key < $1.key }) {
            lines.append("excluded   \(count) faces in \(folder)")
        }
        lines += ["", row("class", ["n", "recall", "prec.", "F1"] + labels.map { String($0.prefix(5)) })]
        for (index, label) in labels.enumerated() {
            guard let figures = perClass[label] else { continue }
            let cells = [String(figures.n)] + [figures.recall, figures.precision, figures.f1].map(percent)
            lines.append(row(label, cells + confusion[index].map(String.init)))
        }
        return lines.joined(separator: "\n")
    }

    private func row(_ head: String, _ cells: [String]) -> String {
        pad(head, 10, left: true) + cells.map { pad($0, 8) }.joined()
    }

    private func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return left ? text + space : space + text
    }

    private func percent(_ share: Double) -> String {
        let tenths = Int((share * 10_000).rounded())
        let decimals = tenths % 100
        return "\(tenths / 100).\(decimals < 10 ? "0" : "")\(decimals)%"
    }
}
