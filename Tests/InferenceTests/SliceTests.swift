import Tensor
import Testing

@testable import Inference

struct SliceTests {
    /// Start, end, step over an axis of five, and the entries: by the text of ONNX's Slice, as ONNX Runtime has it.
    static let cases: [(Int, Int, Int, [Int])] = [
        (0, 5, 1, [0, 1, 2, 3, 4]), (-3, Int.max, 2, [2, 4]), (-10, 2, 1, [0, 1]), (3, 1, 1, []), (9, 20, 1, []),
        (4, Int.min, -1, [4, 3, 2, 1, 0]), (20, 0, -2, [4, 2]), (-5, Int.min, -1, [0]), (-10, Int.min, -1, [0]),
        (-6, Int.min + 1, -1, [0]), (-10, -6, -3, [0]), (0, 0, -1, []),
    ]

    @Test(arguments: cases)
    func bounds(start: Int, end: Int, step: Int, entries: [Int]) {
        let range = SliceRange(start: start, end: end, step: step, length: 5)
        #expect((0..<range.count).map { range.start + $0 * range.step } == entries)
        #expect(SliceRange(start: start, end: end, step: step, length: 0).count == 0)
    }

    /// The definition of an operator refuses what the plan would.
    @Test func aResizeToTheImpossibleIsRefused() throws {
        let graph = try GraphTests.graph(
            [NodeDescription(type: "Resize", inputs: ["x", "", "", "sizes"], outputs: ["y"])],
            inputs: [GraphTests.port("x", [1, 1, 1, 1])],
            literals: ["sizes": .list([1, 1, 65_536, 65_536])])
        let error = #expect(throws: GraphError.self) {
            try Session(Plan(graph, kernels: .reference)).run(Tensor(shape: [1, 1, 1, 1], values: [1]))
        }
        #expect("\(try #require(error))".contains("65536"))
    }
}
