import Concentration

/// Counts of true class (row) against answered class (column), in the order of `FacialExpression.allCases`, and the figures
/// that follow from them.
struct Confusion: Sendable, Equatable {
    private(set) var counts = [[Int]](
        repeating: [Int](repeating: 0, count: FacialExpression.allCases.count), count: FacialExpression.allCases.count)

    mutating func add(truth: FacialExpression, answer: FacialExpression) {
        counts[truth.index][answer.index] += 1
    }

    var total: Int { counts.joined().reduce(0, +) }

    /// Share of right answers, 0…1.
    var accuracy: Double {
        ratio(counts.indices.map { counts[$0][$0] }.reduce(0, +), total)
    }

    /// Precision, recall and F1 of a class; a class that was neither present nor answered has 0.
    func figures(of expression: FacialExpression) -> (precision: Double, recall: Double, f1: Double, n: Int) {
        let index = expression.index
        let present = counts[index].reduce(0, +)
        let answered = counts.map { $0[index] }.reduce(0, +)
        let precision = ratio(counts[index][index], answered)
        let recall = ratio(counts[index][index], present)
        let sum = precision + recall
        return (precision, recall, sum > 0 ? 2 * precision * recall / sum : 0, present)
    }

    /// Mean F1 over the classes that are present.
    var macroF1: Double {
        let present = FacialExpression.allCases.map(figures).filter { $0.n > 0 }
        return present.isEmpty ? 0 : present.map(\.f1).reduce(0, +) / Double(present.count)
    }

    private func ratio(_ a: Int, _ b: Int) -> Double { b == 0 ? 0 : Double(a) / Double(b) }
}
