import Kernels
import Tensor
import TestSupport
import Testing

@testable import Inference

struct PrecisionTests {
    /// y = Conv(x) over `channels` channels with `kernel` × `kernel` taps, strides 2 for more than one.
    static func graph(channels: Int = 48, kernel: Int = 1) throws -> Graph {
        let shape = [channels, channels, kernel, kernel]
        return try Graph(
            name: "conv", opset: 17,
            inputs: [Graph.Port(name: "x", shape: [.dynamic("N"), .fixed(channels), .fixed(12), .fixed(12)])],
            outputs: [Graph.Port(name: "y", shape: nil)],
            literals: ["w": .float(Tensor(shape: shape, values: Closeness.noise(shape.reduce(1, *), seed: 2)))],
            nodes: [
                NodeDescription(
                    type: "Conv", inputs: ["x", "w"], outputs: ["y"],
                    attributes: kernel == 1 ? [:] : ["strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])])
            ])
    }

    static let sets = InstructionSet.available.filter { Int8Convolution.Path(beside: $0) != nil }

    @Test(arguments: sets, [1, 3])
    func convolutionsMultiplyBytes(isa: InstructionSet, kernel: Int) throws {
        let graph = try Self.graph(kernel: kernel)
        let (exact, bytes) = (Session(try Plan(graph, isa: isa)), Session(try Plan(graph, isa: isa, precision: .int8)))
        let input = Tensor(shape: [3, 48, 12, 12], values: Closeness.noise(3 * 48 * 144))
        let (a, b) = (try #require(exact.run(input)["y"]), try #require(bytes.run(input)["y"]))
        let error = zip(a.values, b.values).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        let power = a.values.reduce(0.0) { $0 + Double($1 * $1) }
        #expect(error > 0 && error < power * 0.01 * 0.01)
        #expect(bytes.plan.packedBytes * 2 < exact.plan.packedBytes)
        // Each picture as if it were alone.
        for picture in 0..<3 {
            let one = Tensor(
                shape: [1, 48, 12, 12], values: Array(input.values[picture * 48 * 144..<(picture + 1) * 48 * 144]))
            let count = b.count / 3
            #expect(
                try bytes.run(one)["y"]?.values == Array(b.values[picture * count..<(picture + 1) * count]))
        }
    }

    @Test func whatCannotBeDoneIsRefused() throws {
        for isa in InstructionSet.available where Int8Convolution.Path(beside: isa) == nil {
            let graph = try Self.graph()
            let error = #expect(throws: GraphError.self) { try Plan(graph, isa: isa, precision: .int8) }
            #expect("\(try #require(error))".contains("AVX512-VNNI"))
        }
        for isa in Self.sets {
            let few = try Self.graph(channels: 8)
            let error = #expect(throws: GraphError.self) { try Plan(few, isa: isa, precision: .int8) }
            #expect("\(try #require(error))".contains("16 channels"))
        }
    }
}
