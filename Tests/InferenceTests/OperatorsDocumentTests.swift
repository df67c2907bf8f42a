import Foundation
import TestSupport
import Testing

@testable import Inference

struct OperatorsDocumentTests {
    /// The table of Docs/Operators.md has one row for each operator of the registry, in alphabetical order.
    @Test func listsTheRegistry() throws {
        let text = try String(
            contentsOf: Fixtures.packageRoot.appendingPathComponent("Docs/Operators.md"), encoding: .utf8)
        let rows = text.matches(of: /(?m)^\| `([A-Za-z]+)` \|/).map { String($0.1) }
        #expect(rows == OperatorRegistry.names)
    }
}
