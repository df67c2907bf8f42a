import Tensor
import TestSupport
import Testing

@testable import Inference

/// Large batches run in parts, with the results of the whole, and only where the pictures are independent.
struct BatchPartsTests {
    static let width = 30_000

    /// numbers = 0, 1, ... N - 1 of shape [N, 1].
    static let numbers = [
        NodeDescription(type: "Shape", inputs: ["x"], outputs: ["shape"]),
        NodeDescription(type: "Gather", inputs: ["shape", "first"], outputs: ["length"]),
        NodeDescription(type: "Range", inputs: ["start", "length", "step"], outputs: ["range"]),
        NodeDescription(type: "Unsqueeze", inputs: ["range", "axes"], outputs: ["column"]),
        NodeDescription(
            type: "Cast", inputs: ["column"], outputs: ["numbers"], attributes: ["to": .int(1)]),
    ]

    /// y = last(b) with b = |x| + x; x is an output too.
    static func plan(_ last: NodeDescription) throws -> Plan {
        let graph = try Graph(
            name: "batch", opset: 17,
            inputs: [Graph.Port(name: "x", shape: [.dynamic("N"), .fixed(width)])],
            outputs: ["y", "x"].map { Graph.Port(name: $0, shape: nil) },
            literals: [
                "start": .integer(IntegerTensor(shape: [], values: [0], type: .int64)),
                "step": .integer(IntegerTensor(shape: [], values: [1], type: .int64)),
                "first": .integer(IntegerTensor(shape: [], values: [0], type: .int64)),
                "axes": .integer(IntegerTensor(shape: [1], values: [1], type: .int64)),
            ],
            nodes: [
                NodeDescription(type: "Abs", inputs: ["x"], outputs: ["a"]),
                NodeDescription(type: "Add", inputs: ["a", "x"], outputs: ["b"]),
            ] + (last.inputs.contains("numbers") ? numbers : []) + [last])
        return try Plan(graph)
    }

    static func compare(_ plan: Plan, batch: Int) throws {
        let x = Tensor(shape: [batch, width], values: Closeness.noise(batch * width))
        let session = Session(plan)
        for _ in 0..<2 {
            let outputs = try session.run(x)
            let expected = try ReferenceRun(plan).outputs([x])
            #expect(outputs["x"] == x)
            #expect(outputs["y"]?.shape == expected["y"]?.shape)
            #expect(Closeness.difference(outputs["y"]?.values ?? [], expected["y"]?.values ?? [1]) < 1e-5)
        }
    }

    @Test func independentPicturesRunInParts() throws {
        let softmax = NodeDescription(type: "Softmax", inputs: ["b"], outputs: ["y"], attributes: ["axis": .int(1)])
        let plan = try Self.plan(softmax)
        // 23 is prime.
        for (batch, inParts) in [(1, false), (2, false), (12, true), (23, false), (24, true)] {
            #expect(try (plan.program(for: [[batch, Self.width]]).parts > 1) == inParts, "batch \(batch)")
            try Self.compare(plan, batch: batch)
        }
    }

    @Test func everyValueOfTheWholeBatchIsHandedOut() throws {
        let plan = try Self.plan(NodeDescription(type: "Neg", inputs: ["b"], outputs: ["y"]))
        let session = Session(plan)
        try session.prepare([[12, Self.width]])
        let x = Closeness.noise(12 * Self.width)
        session.withInput { target in
            #expect(target.count == x.count)
            _ = target.update(from: x)
        }
        var seen: [String: Tensor] = [:]
        session.execute(inspect: { _, _, value, tensor in seen[value] = tensor })
        #expect(seen["a"]?.shape == [12, Self.width])
        #expect(seen["a"]?.values == x.map(abs))
    }

    @Test(arguments: [
        NodeDescription(type: "Softmax", inputs: ["b"], outputs: ["y"], attributes: ["axis": .int(0)]),
        NodeDescription(type: "Add", inputs: ["b", "numbers"], outputs: ["y"]),
        NodeDescription(
            type: "ReduceMean", inputs: ["b"], outputs: ["y"], attributes: ["axes": .ints([0])]),
    ])
    func picturesThatMeetStayTogether(last: NodeDescription) throws {
        let plan = try Self.plan(last)
        #expect(try plan.program(for: [[12, Self.width]]).parts == 1)
        try Self.compare(plan, batch: 12)
    }
}
