import Kernels
import Tensor
import TestSupport
import Testing

@testable import Inference

/// Chains of layers run by bands of rows give the very numbers of whole layers, in less memory.
struct RowChainTests {
    static let channels = 6
    static let columns = 9

    /// Drawn layers behind one another over `height` rows; the first one adds its own input.
    static func chain(seed: UInt64, layers: Int, height: Int) throws -> Graph {
        var dice = FixedRandom(seed: seed)
        var nodes: [NodeDescription] = []
        var literals: [String: Literal] = [:]
        var last = "x"
        for index in 0..<layers {
            let kernel = index == 0 ? 3 : Int.random(in: 1...5, using: &dice)
            let pads: [Int64] =
                index == 0 ? [1, 1] : [0, 1].map { _ in Int64.random(in: 0..<Int64(kernel), using: &dice) }
            var attributes: [String: Attribute] = [
                "kernel_shape": .ints([Int64(kernel), 3]), "pads": .ints([pads[0], 1, pads[1], 1]),
                "strides": .ints([index == 0 ? 1 : [1, 1, 1, 2].randomElement(using: &dice) ?? 1, 1]),
            ]
            let type = index == 0 ? 0 : Int.random(in: 0..<4, using: &dice)
            var inputs = [last]
            if type < 2 {
                let shape = [channels, type == 0 ? channels : 1, kernel, 3]
                literals["w\(index)"] = .float(
                    Tensor(shape: shape, values: Closeness.noise(shape.reduce(1, *), seed: seed &+ UInt64(index))))
                inputs.append("w\(index)")
                attributes["group"] = .int(type == 0 ? 1 : Int64(channels))
                attributes["dilations"] = .ints([index == 0 ? 1 : Int64.random(in: 1...2, using: &dice), 1])
            } else {
                attributes["ceil_mode"] = .int(Int64.random(in: 0...1, using: &dice))
                if type == 2 { attributes["count_include_pad"] = .int(Int64.random(in: 0...1, using: &dice)) }
            }
            let name = ["Conv", "Conv", "AveragePool", "MaxPool"][type]
            nodes.append(
                NodeDescription(type: name, inputs: inputs, outputs: ["v\(index)"], attributes: attributes))
            last = "v\(index)"
            if index == 0 {
                nodes.append(NodeDescription(type: "Add", inputs: [last, "x"], outputs: ["sum"]))
                nodes.append(NodeDescription(type: "Relu", inputs: ["sum"], outputs: ["relu"]))
                last = "relu"
            }
        }
        return try graph(nodes, literals, height: height, output: last)
    }

    static func graph(_ nodes: [NodeDescription], _ literals: [String: Literal], height: Int, output: String) throws
        -> Graph
    {
        let shape: [Graph.Axis] = [.dynamic("N"), .fixed(channels), .fixed(height), .fixed(columns)]
        return try Graph(
            name: "chain", opset: 17, inputs: [Graph.Port(name: "x", shape: shape)],
            outputs: [Graph.Port(name: output, shape: nil)], literals: literals, nodes: nodes)
    }

    static func plan(_ graph: Graph, isa: InstructionSet = .preferred, rows: RowChains.Limits?) throws -> Plan {
        try Plan(graph, kernels: .fast, isa: isa, limits: PlanLimits(), precision: .float32, rows: rows)
    }

    /// Runs both ways on the same picture.
    static func outputs(_ graph: Graph, isa: InstructionSet, _ rows: RowChains.Limits, height: Int) throws -> (
        whole: [String: Tensor], bands: [String: Tensor]
    ) {
        let count = channels * height * columns
        let x = Tensor(shape: [1, channels, height, columns], values: Closeness.noise(count, seed: 77))
        let session = Session(try plan(graph, isa: isa, rows: rows))
        _ = try session.run(x)
        // Twice: what the last run left behind changes nothing.
        return (try Session(plan(graph, isa: isa, rows: nil)).run(x), try session.run(x))
    }

    @Test(arguments: InstructionSet.available)
    func bandsGiveTheNumbersOfWholeLayers(isa: InstructionSet) throws {
        var (chains, calls) = (0, 0)
        for seed in 1...60 {
            let graph = try Self.chain(seed: UInt64(seed), layers: 5, height: 61)
            let rows = RowChains.Limits(least: 1, resident: 2000, leastBand: 1 + seed % 4)
            let shape = [1, Self.channels, 61, Self.columns]
            // Drawn layers may be too tall for what the others leave.
            guard let program = try? Self.plan(graph, isa: isa, rows: rows).program(for: [shape]) else { continue }
            chains += 1
            calls += program.calls.count
            let (whole, bands) = try Self.outputs(graph, isa: isa, rows, height: 61)
            #expect(bands == whole, "seed \(seed)")
        }
        #expect(chains > 30)
        #expect(calls > chains * 20)
    }

    /// y = conv(a) + a with a = conv(x): the second one needs all of a for itself, since it reads it twice.
    @Test func aValueThatIsReadTwiceIsComputedWhole() throws {
        let weights = Tensor(shape: [Self.channels, Self.channels, 3, 3], values: Closeness.noise(9 * 36))
        let same: [String: Attribute] = ["pads": .ints([1, 1, 1, 1])]
        let graph = try Self.graph(
            [
                NodeDescription(type: "Conv", inputs: ["x", "w"], outputs: ["a"], attributes: same),
                NodeDescription(type: "Conv", inputs: ["a", "w"], outputs: ["b"], attributes: same),
                NodeDescription(type: "Add", inputs: ["b", "a"], outputs: ["y"]),
            ], ["w": .float(weights)], height: 20, output: "y")
        let rows = RowChains.Limits(least: 1, resident: 2000, leastBand: 2)
        let program = try Self.plan(graph, rows: rows).program(for: [[1, Self.channels, 20, Self.columns]])
        #expect(program.calls.count == program.steps.count)
        let (whole, bands) = try Self.outputs(graph, isa: .preferred, rows, height: 20)
        #expect(bands == whole)
    }

    @Test func aChainTakesLessMemoryAndKeepsNoValueBetweenItsSteps() throws {
        let height = 12_000
        let weights = Tensor(shape: [Self.channels, 1, 3, 3], values: Closeness.noise(9 * Self.channels))
        let attributes: [String: Attribute] = ["pads": .ints([1, 1, 1, 1]), "group": .int(Int64(Self.channels))]
        let nodes = (0..<4).map { index in
            NodeDescription(
                type: "Conv", inputs: [index == 0 ? "x" : "v\(index)", "w"], outputs: ["v\(index + 1)"],
                attributes: attributes)
        }
        let pool = NodeDescription(
            type: "MaxPool", inputs: ["v4"], outputs: ["y"],
            attributes: ["kernel_shape": .ints([8, 1]), "strides": .ints([8, 1])])
        let graph = try Self.graph(nodes + [pool], ["w": .float(weights)], height: height, output: "y")
        let shape = [1, Self.channels, height, Self.columns]
        var (seen, bytes): ([Set<String>], [Int]) = ([], [])
        for byRows in [true, false] {
            let session = Session(try Plan(graph, byRows: byRows))
            try session.prepare([shape])
            var values: Set<String> = []
            session.execute(inspect: { _, _, value, _ in values.insert(value) })
            seen.append(values)
            bytes.append(session.arenaBytes)
        }
        #expect(seen[0] == ["y"])
        #expect(seen[1] == ["v1", "v2", "v3", "v4", "y"])
        let value = shape.reduce(4, *)
        #expect(bytes[0] < bytes[1] - value / 2)
        // More pictures than one are computed layer by layer.
        let program = try Plan(graph).program(for: [[2] + shape.dropFirst()])
        #expect(program.calls.count == program.steps.count)
    }

    /// A file of many thin layers cannot ask for more calls than a program may have.
    @Test func callsAreBounded() throws {
        let nodes = (0..<400).map { index in
            NodeDescription(
                type: "MaxPool", inputs: [index == 0 ? "x" : "v\(index)"], outputs: ["v\(index + 1)"],
                attributes: ["kernel_shape": .ints([3, 1]), "pads": .ints([1, 0, 1, 0])])
        }
        let graph = try Self.graph(nodes, [:], height: 4000, output: "v400")
        let shape = [1, Self.channels, 4000, Self.columns]
        let usual = try Plan(graph).program(for: [shape])
        #expect(usual.calls.count > usual.steps.count)
        let few = try Self.plan(graph, rows: RowChains.Limits(calls: 500)).program(for: [shape])
        #expect(few.calls.count > few.steps.count)
        #expect(few.calls.count <= 500 + few.steps.count)
    }
}
