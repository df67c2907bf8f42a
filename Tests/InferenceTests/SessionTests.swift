import Tensor
import TestSupport
import Testing

@testable import Inference

struct SessionTests {
    /// Two inputs, an input-independent output, a dynamic batch.
    static func plan(_ kernels: Plan.Kernels = .fast) throws -> Plan {
        let axes: [Graph.Axis] = [.dynamic("N"), .fixed(3)]
        let graph = try Graph(
            name: "two inputs", opset: 17,
            inputs: [Graph.Port(name: "a", shape: axes), Graph.Port(name: "b", shape: axes)],
            outputs: ["sum", "known", "a"].map { Graph.Port(name: $0, shape: nil) },
            literals: ["k": .float(Tensor(shape: [2], values: [1, 4]))],
            nodes: [
                NodeDescription(type: "Add", inputs: ["a", "b"], outputs: ["sum"]),
                NodeDescription(type: "Sqrt", inputs: ["k"], outputs: ["known"]),
            ])
        return try Plan(graph, kernels: kernels)
    }

    @Test(arguments: Plan.Kernels.allCases)
    func namedInputsGoIn(kernels: Plan.Kernels) throws {
        let session = Session(try Self.plan(kernels))
        for batch in [1, 2, 5, 2] {
            let a = Tensor(shape: [batch, 3], values: Closeness.noise(3 * batch))
            let outputs = try session.run(["a": a, "b": a])
            #expect(outputs["sum"]?.values == a.values.map { $0 + $0 })
            #expect(outputs["known"]?.values == [1, 2])
            #expect(outputs["a"] == a)
        }
    }

    @Test func inputsAreWrittenInPlace() throws {
        let session = Session(try Self.plan())
        session.execute()  // does nothing before `prepare`
        #expect(session.outputs().isEmpty)
        try session.prepare([[2, 3], [2, 3]])
        for round in 0..<3 {
            for index in 0..<2 {
                session.withInput(index) { target in
                    for place in target.indices { target[place] = Float(round * 10 + place) }
                }
            }
            for _ in 0..<2 { session.execute() }  // which leaves the inputs as they are
            #expect(session.outputs()["sum"]?.values == (0..<6).map { Float(2 * (round * 10 + $0)) })
        }
        #expect(session.withInput(7) { $0.count } == 0)
    }

    @Test func sessionsOfOnePlanRunAtTheSameTime() async throws {
        let plan = try Self.plan()
        await withTaskGroup(of: Bool.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    let session = Session(plan)
                    for batch in 1...20 {
                        let a = Tensor(shape: [batch, 3], values: Closeness.noise(3 * batch, seed: UInt64(worker)))
                        guard let sum = try? session.run(["a": a, "b": a])["sum"],
                            sum.values == a.values.map({ 2 * $0 })
                        else { return false }
                    }
                    return true
                }
            }
            for await correct in group { #expect(correct) }
        }
    }

    @Test func onlyTheLatestProgramsAreKept() throws {
        let session = Session(try Self.plan())
        for batch in 1...Plan.keptPrograms + 10 { try session.prepare([[batch, 3], [batch, 3]]) }
        #expect(session.plan.keptProgramCount == Plan.keptPrograms)
    }

    @Test func theProgramUsedLastIsKept() throws {
        let plan = try Self.plan()
        let first = try plan.program(for: [[1, 3], [1, 3]])
        for batch in 2...Plan.keptPrograms + 10 {
            _ = try plan.program(for: [[batch, 3], [batch, 3]])
            #expect(try plan.program(for: [[1, 3], [1, 3]]) === first)
        }
    }

    /// Forms of one name in different kernels do not take each other's place.
    @Test func packedFormsAreKeptByTheirType() {
        enum One { struct Weights: PackedForm { let bytes = 1 } }
        enum Two { struct Weights: PackedForm { let bytes = 2 } }
        let store = WeightStore()
        for _ in 0..<2 {
            _ = store.weights("n") { One.Weights() }
            _ = store.weights("n") { Two.Weights() }
        }
        #expect(store.bytes == 3)
    }
}
