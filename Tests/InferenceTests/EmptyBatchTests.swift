import Tensor
import Testing

@testable import Inference

/// No pictures are refused, no rows give none, and nothing is divided by their number.
struct EmptyBatchTests {
    static func run(
        _ type: String, _ input: [Int], weight: [Int], attributes: [String: Attribute] = [:]
    ) throws(GraphError) -> Tensor? {
        let values = [Float](repeating: 1, count: weight.reduce(1, *))
        let graph = try GraphTests.graph(
            [NodeDescription(type: type, inputs: ["x", "w"], outputs: ["y"], attributes: attributes)],
            inputs: [GraphTests.port("x", input)], literals: ["w": .float(Tensor(shape: weight, values: values))])
        return try Session(Plan(graph)).run(Tensor(shape: input, values: []))["y"]
    }

    @Test(arguments: [("MatMul", 3), ("MatMul", 9), ("Gemm", 3)])
    func noRowsGiveNone(type: String, depth: Int) throws {
        #expect(try Self.run(type, [0, depth], weight: [depth, 4]) == Tensor(shape: [0, 4], values: []))
    }

    @Test(arguments: [1, 2])
    func noPicturesAreRefused(group: Int) throws {
        let error = #expect(throws: GraphError.self) {
            try Self.run(
                "Conv", [0, 2, 8, 8], weight: [2, 2 / group, 3, 3], attributes: ["group": .int(Int64(group))])
        }
        #expect("\(try #require(error))".contains("[0, 2, 8, 8]"))
    }
}
