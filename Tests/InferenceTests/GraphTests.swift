import Tensor
import Testing

@testable import Inference

/// What a graph is refused for, and that the refusal says why.
struct GraphTests {
    static func port(_ name: String, _ shape: [Int]) -> Graph.Port {
        Graph.Port(name: name, shape: shape.map(Graph.Axis.fixed))
    }

    static func graph(
        _ nodes: [NodeDescription], opset: Int = 17, inputs: [Graph.Port] = [port("x", [1, 2])],
        outputs: [String] = ["y"], literals: [String: Literal] = [:]
    ) throws(GraphError) -> Graph {
        try Graph(
            name: "test", opset: opset, inputs: inputs, outputs: outputs.map { Graph.Port(name: $0, shape: nil) },
            literals: literals, nodes: nodes)
    }

    static let relu = NodeDescription(type: "Relu", inputs: ["x"], outputs: ["y"])

    @Test func refusesUnknownOperatorsByName() {
        #expect(throws: GraphError.unsupportedOperator(node: "n", type: "Einsum")) {
            try Self.graph([NodeDescription(name: "n", type: "Einsum", inputs: ["x"], outputs: ["y"])])
        }
    }

    @Test func refusesUnknownAttributesByName() {
        var node = Self.relu
        node.attributes["slope"] = .float(1)
        #expect(throws: GraphError.unsupportedAttribute(node: "y", attribute: "slope", detail: "Relu does not know it"))
        {
            try Self.graph([node])
        }
    }

    @Test func refusesWrongAttributeTypes() {
        let node = NodeDescription(type: "LeakyRelu", inputs: ["x"], outputs: ["y"], attributes: ["alpha": .int(1)])
        #expect(throws: GraphError.badAttribute(node: "y", attribute: "alpha", detail: "is not a float")) {
            try Self.graph([node])
        }
    }

    @Test func refusesCyclesDuplicatesAndUndefinedNames() {
        let cycle = [
            NodeDescription(type: "Relu", inputs: ["b"], outputs: ["a"]),
            NodeDescription(type: "Relu", inputs: ["a"], outputs: ["b"]),
            Self.relu,
        ]
        #expect(throws: GraphError.cycle(through: "a")) { try Self.graph(cycle) }
        #expect(throws: GraphError.duplicateName("y")) { try Self.graph([Self.relu, Self.relu]) }
        #expect(throws: GraphError.undefinedName("x", neededBy: "y")) { try Self.graph([Self.relu], inputs: []) }
        #expect(throws: GraphError.undefinedName("z", neededBy: "the graph's output")) {
            try Self.graph([Self.relu], outputs: ["z"])
        }
    }

    @Test func refusesOpsetsInputCountsAndRanges() {
        #expect(throws: GraphError.unsupportedOpset(3, supported: Graph.supportedOpsets)) {
            try Self.graph([Self.relu], opset: 3)
        }
        #expect(throws: GraphError.inputCount(node: "y", found: 2, expected: 1...1)) {
            try Self.graph([NodeDescription(type: "Relu", inputs: ["x", "x"], outputs: ["y"])])
        }
        #expect(throws: GraphError.self) {
            try Self.graph([
                NodeDescription(
                    type: "MaxPool", inputs: ["x"], outputs: ["y"], attributes: ["kernel_shape": .ints([0, 1 << 40])])
            ])
        }
    }

    @Test func putsNodesInOrder() throws {
        let nodes = [
            NodeDescription(type: "Relu", inputs: ["a"], outputs: ["y"]),
            NodeDescription(type: "Neg", inputs: ["x"], outputs: ["a"]),
        ]
        let graph = try Self.graph(nodes)
        #expect(graph.nodes.map(\.type) == ["Neg", "Relu"])
        let outputs = try Session(Plan(graph)).run(Tensor(shape: [1, 2], values: [1, -2]))
        #expect(outputs["y"]?.values == [0, 2])
    }

    @Test func refusesInputsThatDoNotFit() throws {
        let session = Session(try Plan(Self.graph([Self.relu])))
        #expect(throws: GraphError.badInput(name: "x", detail: "has shape [1, 3], expected [1, 2]")) {
            try session.run(Tensor(shape: [1, 3]))
        }
        #expect(throws: GraphError.badInput(name: "x", detail: "is missing")) {
            try session.run(["z": Tensor(shape: [1, 2])])
        }
    }

    @Test func refusesAbsurdAmounts() throws {
        let expand = NodeDescription(type: "Expand", inputs: ["one", "huge"], outputs: ["y"])
        let literals: [String: Literal] = [
            "one": .float(Tensor(shape: [1], values: [1])), "huge": .list([1 << 30, 1 << 30]),
        ]
        let graph = try Self.graph([expand], inputs: [], literals: literals)
        #expect(throws: GraphError.self) { try Plan(graph) }
        var limits = PlanLimits()
        limits.arenaElements = 1000
        let big = try Self.graph([Self.relu], inputs: [Self.port("x", [1, 2000])])
        #expect(throws: GraphError.self) { try Plan(big, limits: limits) }
        limits = PlanLimits()
        limits.effort = 64 * 1999
        #expect(throws: GraphError.self) { try Plan(big, limits: limits) }
    }
}
