import Foundation
import TestSupport
import Testing

@testable import Concentration

@Suite struct ExpressionLabelTests {
    @Test(arguments: [
        ("anger", FacialExpression.angry), ("Happiness", .happy), ("sadness", .sad), ("surprised", .surprise),
        ("neutral", .neutral),
    ])
    func aliasesAndNames(name: String, expected: FacialExpression) {
        #expect(ExpressionLabel(name) == .expression(expected))
    }

    @Test func contemptIsExcludedAndTheUnknownIsNil() {
        #expect(ExpressionLabel("contempt") == .excluded("contempt"))
        #expect(ExpressionLabel("bored") == nil)
        #expect(ExpressionLabel("") == nil)
    }

    /// Training and product read data sets by the same table.
    @Test func thePythonTableIsTheSame() throws {
        let file = Fixtures.packageRoot.appendingPathComponent("Training/classpulse_training/labels.py")
        let source = try String(contentsOf: file, encoding: .utf8)
        let order = FacialExpression.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        #expect(source.contains("EXPRESSIONS = (\(order))"))
        let pairs = source.split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: "\"")
            return line.hasPrefix("    \"") && parts.count == 5 ? (String(parts[1]), String(parts[3])) : nil
        }
        #expect(Dictionary(uniqueKeysWithValues: pairs) == ExpressionLabel.aliases.mapValues(\.rawValue))
        #expect(source.contains("EXCLUDED = (\"contempt\",)"))
    }
}
