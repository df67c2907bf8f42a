import TestSupport
import Tensor
import Testing

@testable import Inference

/// Packed weights are bounded by what the file holds.
struct WeightBudgetTests {
    /// A 3 × 3 convolution from 16 to 16 channels over 32 × 32 pixels: 2,304 weights.
    static let convolution: Graph? = try? Graph(
        name: "budget", opset: 17,
        inputs: [Graph.Port(name: "x", shape: [.fixed(1), .fixed(16), .fixed(32), .fixed(32)])],
        outputs: [Graph.Port(name: "y", shape: nil)],
        literals: ["w": .float(Tensor(shape: [16, 16, 3, 3], values: Closeness.noise(2304)))],
        nodes: [NodeDescription(type: "Conv", inputs: ["x", "w"], outputs: ["y"])])

    /// Winograd's weights never take the room of what is packed behind them, in whatever order programs are made.
    @Test(arguments: [0, 8000]) func plainFormsAlwaysHaveRoom(spare: Int) throws {
        let graph = try Graph(
            name: "batches", opset: 17,
            inputs: [Graph.Port(name: "x", shape: [.dynamic("N"), .fixed(16), .fixed(8), .fixed(8)])],
            outputs: [Graph.Port(name: "y", shape: nil)],
            literals: [
                "w": .float(Tensor(shape: [16, 16, 3, 3], values: Closeness.noise(2304))),
                "f": .float(Tensor(shape: [16, 256], values: Closeness.noise(4096))),
            ],
            nodes: [
                NodeDescription(type: "Conv", inputs: ["x", "w"], outputs: ["a"]),
                NodeDescription(type: "GlobalAveragePool", inputs: ["a"], outputs: ["b"]),
                NodeDescription(type: "Flatten", inputs: ["b"], outputs: ["c"]),
                NodeDescription(type: "Gemm", inputs: ["c", "f"], outputs: ["y"]),
            ])
        var limits = PlanLimits()
        limits.foldedElements = spare
        for batches in [[1, 32, 2], [32, 1, 33]] {
            let session = Session(try Plan(graph, limits: limits))
            for batch in batches {
                let x = Tensor(shape: [batch, 16, 8, 8], values: Closeness.noise(batch * 1024))
                #expect(try session.run(x)["y"]?.shape == [batch, 256])
            }
        }
    }

    static func plan(spare: Int) throws -> Plan {
        var limits = PlanLimits()
        limits.foldedElements = spare
        return try Plan(try #require(convolution), limits: limits)
    }

    /// Winograd's weights are four times the file's; without room for them the plain form gives the same.
    @Test func winogradTakesSpareRoomOnly() throws {
        let (rich, poor) = (try Self.plan(spare: 1 << 20), try Self.plan(spare: 0))
        let x = Tensor(shape: [1, 16, 32, 32], values: Closeness.noise(16 * 32 * 32))
        let (a, b) = (try Session(rich).run(x), try Session(poor).run(x))
        #expect(Closeness.difference(a["y"]?.values ?? [], b["y"]?.values ?? [1]) < 1e-4)
        #expect(rich.parts.store.bytes > 3 * 4 * 2304)
        #expect(poor.parts.store.bytes <= 2 * 4 * 2304)
    }

    /// One output channel fills a sixteenth of its vectors: a large one is refused, and before it is packed.
    @Test func refusesWeightsThatGrowManyTimes() throws {
        let graph = try Graph(
            name: "narrow", opset: 17, inputs: [Graph.Port(name: "x", shape: [.fixed(1), .fixed(1 << 20)])],
            outputs: [Graph.Port(name: "y", shape: nil)],
            literals: ["w": .float(Tensor(shape: [1 << 20, 1], repeating: 1))],
            nodes: [NodeDescription(type: "Gemm", inputs: ["x", "w"], outputs: ["y"])])
        #expect {
            try Plan(graph, isa: .portable)
        } throws: {
            "\($0)".contains("packed weights")
        }
    }

    /// A thousand numbers added up again and again, from the file or known once the input's shape is: each sum is one float
    /// and takes 8,256 multiply-adds.
    @Test(arguments: ["w", "k"]) func workAheadOfTheRunIsBounded(summed: String) throws {
        func plan(_ count: Int) throws -> Plan {
            let graph = try Graph(
                name: "sums", opset: 17, inputs: [Graph.Port(name: "x", shape: [.dynamic("N")])],
                outputs: [Graph.Port(name: "x", shape: nil)],
                literals: ["w": .float(Tensor(shape: [1024], values: Closeness.noise(1024)))],
                nodes: [
                    NodeDescription(type: "Shape", inputs: ["x"], outputs: ["s"]),
                    NodeDescription(type: "ConstantOfShape", inputs: ["s"], outputs: ["k"]),
                ] + (0..<count).map { NodeDescription(type: "ReduceSum", inputs: [summed], outputs: ["v\($0)"]) })
            var limits = PlanLimits()
            limits.foldedEffort = 0
            return try Plan(graph, limits: limits)
        }
        #expect(try Session(plan(100)).run(Tensor(shape: [1024], values: Closeness.noise(1024))).count == 1)
        let error = #expect(throws: GraphError.self) {
            try Session(plan(200)).run(Tensor(shape: [1024], values: Closeness.noise(1024)))
        }
        #expect("\(error.map(String.init(describing:)) ?? "")".contains("ahead of the run"))
    }
}
