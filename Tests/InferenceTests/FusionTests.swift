import Kernels
import Tensor
import TestSupport
import Testing

@testable import Inference

/// Graphs that fusion rewrites, and graphs that look alike but must not be rewritten: fast equals reference, and the
/// nodes that are left are those expected.
struct FusionTests {
    struct Case: CustomStringConvertible {
        var name: String
        var nodes: [NodeDescription]
        var outputs = ["y"]
        var left: [String: Int]
        var description: String { name }
    }

    static let literals: [String: Literal] = {
        func tensor(_ shape: [Int], _ seed: UInt64, plus: Float = 0) -> Literal {
            .float(Tensor(shape: shape, values: Closeness.noise(shape.reduce(1, *), seed: seed).map { $0 + plus }))
        }
        return [
            "w": tensor([6, 4, 3, 3], 1), "b": tensor([6], 2), "w1": tensor([5, 6, 1, 1], 3),
            "d": tensor([6, 1, 3, 3], 4),
            "w6": tensor([6, 6, 3, 3], 9), "gamma": tensor([6], 5), "beta": tensor([6], 6), "mean": tensor([6], 7),
            "variance": tensor([6], 8, plus: 1.5), "two": .float(Tensor(shape: [], values: [2])),
            "three": .float(Tensor(shape: [1], values: [3])), "row": tensor([1, 6, 1, 1], 10),
            "low": .float(Tensor(shape: [], values: [0])), "high": .float(Tensor(shape: [], values: [6])),
            "g": tensor([150, 3], 11),
            "h5": tensor([5, 4, 1, 1], 12), "h3": tensor([3, 4, 1, 1], 13), "h1": tensor([1, 4, 1, 1], 14),
            "hb5": tensor([5], 15), "hb1": tensor([1], 16),
            "hd5": tensor([5, 1, 3, 3], 17), "hd3": tensor([3, 1, 3, 3], 18), "hd1": tensor([1, 1, 3, 3], 19),
        ]
    }()

    static func node(_ type: String, _ inputs: [String], _ output: String, _ attributes: [String: Attribute] = [:])
        -> NodeDescription
    {
        NodeDescription(type: type, inputs: inputs, outputs: [output], attributes: attributes)
    }

    static let pads: [String: Attribute] = ["pads": .ints([1, 1, 1, 1])]
    static let conv = node("Conv", ["x", "w", "b"], "c", pads)
    static let norm = ["gamma", "beta", "mean", "variance"]

    /// A convolution of x to `count` channels, then each of them alone.
    static func head(_ name: String, _ count: Int, _ inputs: [String]) -> [NodeDescription] {
        let attributes: [String: Attribute] = ["pads": .ints([1, 1, 1, 1]), "group": .int(Int64(count))]
        return [
            node("Conv", ["x"] + inputs, "p" + name), node("Conv", ["p" + name, "hd" + name], "q" + name, attributes),
        ]
    }

    static let heads = head("5", 5, ["h5", "hb5"]) + head("3", 3, ["h3"]) + head("1", 1, ["h1", "hb1"])

    static let cases: [Case] = [
        Case(
            name: "siblings, dense and depthwise",
            nodes: heads + [node("Concat", ["q1", "q5", "q3"], "y", ["axis": .int(1)])],
            left: ["Conv": 2, "Concat": 1]),
        Case(
            name: "depthwise siblings in another order than what they read",
            nodes: [
                heads[0], heads[2], heads[3], node("MaxPool", ["q3"], "m3", ["kernel_shape": .ints([1, 1])]), heads[1],
                node("Concat", ["q5", "m3"], "y", ["axis": .int(1)]),
            ],
            left: ["Conv": 2, "MaxPool": 1, "Concat": 1]),
        Case(
            name: "siblings that are outputs themselves", nodes: heads, outputs: ["p1", "q5", "q3", "q1"],
            left: ["Conv": 4]),
        Case(
            name: "siblings with different functions",
            nodes: [
                heads[0], node("Relu", ["p5"], "r"), heads[2], node("Concat", ["r", "p3"], "y", ["axis": .int(1)]),
            ],
            left: ["Conv": 2, "Concat": 1]),
        Case(
            name: "SiLU", nodes: [conv, node("Sigmoid", ["c"], "s"), node("Mul", ["c", "s"], "y")], left: ["Conv": 1]),
        Case(
            name: "HardSwish in parts",
            nodes: [
                conv, node("HardSigmoid", ["c"], "s", ["alpha": .float(1 / 6), "beta": .float(0.5)]),
                node("Mul", ["s", "c"], "y"),
            ], left: ["Conv": 1]),
        Case(
            name: "a gate that is no HardSwish",
            nodes: [conv, node("HardSigmoid", ["c"], "s"), node("Mul", ["s", "c"], "y")],
            left: ["Conv": 1, "HardSigmoid": 1, "Mul": 1]),
        Case(
            name: "normalization behind", nodes: [conv, node("BatchNormalization", ["c"] + norm, "y")],
            left: ["Conv": 1]),
        Case(
            name: "normalization before a pointwise convolution",
            nodes: [
                conv, node("Relu", ["c"], "r"), node("BatchNormalization", ["r"] + norm, "n"),
                node("Conv", ["n", "w1"], "y"),
            ], left: ["Conv": 2]),
        Case(
            name: "normalization before a padded convolution stays",
            nodes: [
                conv, node("Relu", ["c"], "r"), node("BatchNormalization", ["r"] + norm, "n"),
                node("Conv", ["n", "w6"], "y", pads),
            ], left: ["Conv": 2, "BatchNormalization": 1]),
        Case(
            name: "normalization of a value with two readers stays",
            nodes: [conv, node("BatchNormalization", ["c"] + norm, "n"), node("Add", ["n", "c"], "y")],
            left: ["Conv": 1, "BatchNormalization": 1, "Add": 1]),
        Case(
            name: "residual and ReLU6",
            nodes: [
                conv, node("Conv", ["c", "w6"], "e", pads), node("Add", ["c", "e"], "a"),
                node("Clip", ["a", "low", "high"], "y"),
            ], left: ["Conv": 2]),
        Case(
            name: "a broadcast sum is no residual",
            nodes: [
                conv, node("GlobalAveragePool", ["c"], "p"), node("Conv", ["c", "w6"], "e", pads),
                node("Add", ["e", "p"], "a"),
                node("Relu", ["a"], "y"),
            ], left: ["Conv": 2, "GlobalAveragePool": 1]),
        Case(
            name: "depthwise convolutions take no residual",
            nodes: [
                conv, node("Conv", ["c", "d"], "e", ["group": .int(6), "pads": .ints([1, 1, 1, 1])]),
                node("Add", ["e", "c"], "y"),
            ], left: ["Conv": 2, "Add": 1]),
        Case(
            name: "x + x", nodes: [conv, node("Add", ["c", "c"], "y")], left: ["Conv": 1, "Add": 1]),
        Case(
            name: "scalars",
            nodes: [
                node("Sub", ["x", "two"], "s"), node("Div", ["s", "three"], "m"), node("Mul", ["two", "m"], "y"),
            ],
            left: ["Mul": 1]),
        Case(
            name: "a value that is an output is kept",
            nodes: [conv, node("Relu", ["c"], "y")], outputs: ["y", "c"], left: ["Conv": 1, "Relu": 1]),
        Case(
            name: "Gemm and activation",
            nodes: [
                conv, node("Flatten", ["c"], "f"), node("Gemm", ["f", "g"], "m"), node("Sigmoid", ["m"], "y"),
            ], left: ["Conv": 1, "Flatten": 1, "Gemm": 1]),
        Case(
            name: "squeeze and excite",
            nodes: [
                conv, node("GlobalAveragePool", ["c"], "p"), node("Conv", ["p", "w6"], "e", pads),
                node("Sigmoid", ["e"], "s"),
                node("Mul", ["c", "s"], "m"), node("Conv", ["m", "w1"], "y"),
            ], left: ["Conv": 3, "GlobalAveragePool": 1, "Mul": 1]),
    ]

    @Test(arguments: cases)
    func fastEqualsReference(test: Case) throws {
        let graph = try Graph(
            name: test.name, opset: 17,
            inputs: [Graph.Port(name: "x", shape: [.dynamic("N"), .fixed(4), .fixed(5), .fixed(5)])],
            outputs: test.outputs.map { Graph.Port(name: $0, shape: nil) }, literals: Self.literals, nodes: test.nodes)
        let plan = try Plan(graph)
        #expect(plan.fusedCounts == test.left)
        let session = Session(plan)
        let judge = Session(try Plan(graph, kernels: .reference))
        for batch in [1, 3, 1] {
            let input = Tensor(shape: [batch, 4, 5, 5], values: Closeness.noise(batch * 100, seed: UInt64(batch)))
            let expected = try judge.run(input)
            let actual = try session.run(input)
            #expect(actual.keys.sorted() == test.outputs.sorted())
            for (name, tensor) in expected {
                #expect(actual[name]?.shape == tensor.shape)
                #expect(
                    Closeness.difference(actual[name]?.values ?? [], tensor.values) < 1e-5, "\(name), batch \(batch)")
            }
        }
    }

    /// 41 · (1 / 41) is less than one in single precision, so that its floor would be another number.
    @Test(arguments: ["Floor", "Ceil", "Round"], [41, 47, 110, 64, 1e-39] as [Float])
    func roundedQuotientsAreExact(function: String, divisor: Float) throws {
        let graph = try Graph(
            name: "quotient", opset: 17, inputs: [Graph.Port(name: "x", shape: [.dynamic("N")])],
            outputs: [Graph.Port(name: "y", shape: nil)],
            literals: ["d": .float(Tensor(shape: [], values: [divisor]))],
            nodes: [Self.node("Div", ["x", "d"], "q"), Self.node(function, ["q"], "y")])
        let input = Tensor(shape: [600], values: (-300..<300).map { Float($0) * max(divisor, 1) / 2 })
        let expected = try Session(try Plan(graph, kernels: .reference)).run(input)
        #expect(try Session(try Plan(graph)).run(input) == expected)
    }
}
