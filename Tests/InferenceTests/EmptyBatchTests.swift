import Tensor
import Testing

@testable import Inference

/// No pictures or rows: an empty result, or a refusal that says why, and no division by their number.
struct EmptyBatchTests {
    static let cases: [(type: String, input: [Int], weight: [Int], group: Int64?)] = [
        ("Conv", [0, 2, 8, 8], [2, 1, 3, 3], 2), ("Conv", [0, 2, 8, 8], [3, 2, 3, 3], 1),
        ("MatMul", [0, 3], [3, 4], nil), ("MatMul", [0, 9], [9, 4], nil), ("Gemm", [0, 3], [3, 4], nil),
    ]

    @Test(arguments: cases)
    func nothingComesOfNothing(type: String, input: [Int], weight: [Int], group: Int64?) throws {
        let count = weight.reduce(1, *)
        let graph = try GraphTests.graph(
            [
                NodeDescription(
                    type: type, inputs: ["x", "w"], outputs: ["y"],
                    attributes: group.map { ["group": .int($0)] } ?? [:])
            ],
            inputs: [GraphTests.port("x", input)],
            literals: ["w": .float(Tensor(shape: weight, values: [Float](repeating: 1, count: count)))])
        do {
            let outputs = try Session(Plan(graph)).run(Tensor(shape: input, values: []))
            #expect(outputs.values.allSatisfy { $0.count == 0 && $0.shape[0] == 0 })
        } catch {
            #expect("\(error)".contains("0"), "names the shape")
        }
    }
}
