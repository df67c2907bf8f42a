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

    /// The root of the mean squared difference over that of the exact values.
    static func error(of b: Tensor, against a: Tensor) -> Double {
        let error = zip(a.values, b.values).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        return (error / a.values.reduce(0.0) { $0 + Double($1 * $1) }).squareRoot()
    }

    static let sets = InstructionSet.available.filter { Int8Convolution.Path(beside: $0) != nil }

    @Test(arguments: sets, [1, 3])
    func convolutionsMultiplyBytes(isa: InstructionSet, kernel: Int) throws {
        let graph = try Self.graph(kernel: kernel)
        let (exact, bytes) = (Session(try Plan(graph, isa: isa)), Session(try Plan(graph, isa: isa, precision: .int8)))
        let input = Tensor(shape: [3, 48, 12, 12], values: Closeness.noise(3 * 48 * 144))
        let (a, b) = (try #require(exact.run(input)["y"]), try #require(bytes.run(input)["y"]))
        let error = Self.error(of: b, against: a)
        #expect(error > 0 && error < 0.01)
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

    /// Channels of very different ranges would leave the small ones no bytes if the normalization before went into the weights.
    @Test(arguments: sets)
    func normalizedInputsKeepTheirDigits(isa: InstructionSet) throws {
        let spread = (0..<48).map { Float($0 % 2 == 0 ? 100 : 1) }
        let graph = try Graph(
            name: "normalized", opset: 17,
            inputs: [Graph.Port(name: "x", shape: [.fixed(1), .fixed(48), .fixed(6), .fixed(6)])],
            outputs: [Graph.Port(name: "y", shape: nil)],
            literals: [
                "scale": .float(Tensor(shape: [48], values: Array(repeating: 1, count: 48))),
                "zero": .float(Tensor(shape: [48], values: Array(repeating: 0, count: 48))),
                "variance": .float(Tensor(shape: [48], values: spread.map { $0 * $0 })),
                "w": .float(Tensor(shape: [48, 48, 1, 1], values: Closeness.noise(48 * 48, seed: 2))),
            ],
            nodes: [
                NodeDescription(
                    type: "BatchNormalization", inputs: ["x", "scale", "zero", "zero", "variance"], outputs: ["n"]),
                NodeDescription(type: "Conv", inputs: ["n", "w"], outputs: ["y"]),
            ])
        let noise = Closeness.noise(48 * 36)
        let input = Tensor(shape: [1, 48, 6, 6], values: noise.indices.map { noise[$0] * spread[$0 / 36] })
        let exact = try #require(Session(Plan(graph, isa: isa)).run(input)["y"])
        let bytes = try #require(Session(Plan(graph, isa: isa, precision: .int8)).run(input)["y"])
        let error = Self.error(of: bytes, against: exact)
        #expect(error > 0 && error < 0.01)
    }

    /// What a slice leaves out is neither in the scale nor, in a batch, another picture's.
    @Test(arguments: sets)
    func aSliceIsReadAlone(isa: InstructionSet) throws {
        let (all, taken) = (20, 18)
        let graph = try Graph(
            name: "slice", opset: 17,
            inputs: [Graph.Port(name: "x", shape: [.fixed(2), .fixed(all), .fixed(12), .fixed(12)])],
            outputs: [Graph.Port(name: "y", shape: nil)],
            literals: [
                "one": .float(
                    Tensor(
                        shape: [all, all, 1, 1],
                        values: (0..<all * all).map { $0 / all == $0 % all ? 1 : 0 })),
                "w": .float(
                    Tensor(shape: [16, taken, 3, 3], values: Closeness.noise(16 * taken * 9, seed: 2))),
                "from": .list([2]), "to": .list([20]),
                "axis": .list([1]),
            ],
            nodes: [
                NodeDescription(type: "Conv", inputs: ["x", "one"], outputs: ["c"]),
                NodeDescription(type: "Slice", inputs: ["c", "from", "to", "axis"], outputs: ["s"]),
                NodeDescription(
                    type: "Conv", inputs: ["s", "w"], outputs: ["y"],
                    attributes: ["strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])]),
            ])
        let bytes = Session(try Plan(graph, isa: isa, precision: .int8))
        var input = Tensor(shape: [2, all, 12, 12], values: Closeness.noise(2 * all * 144))
        let before = try #require(bytes.run(input)["y"])
        let exact = try #require(Session(Plan(graph, isa: isa)).run(input)["y"])
        #expect(Self.error(of: before, against: exact) < 0.01)
        for picture in 0..<2 {
            for index in 0..<2 * 144 { input.values[picture * all * 144 + index] *= 1e4 }
        }
        #expect(try bytes.run(input)["y"]?.values == before.values)
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
