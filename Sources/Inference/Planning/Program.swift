import Kernels
import Tensor

/// What one run does for inputs of certain shapes: steps over an arena whose layout is fixed.
final class Program: Sendable {
    struct Step: Sendable {
        /// The node it comes from and its operator.
        let node: String
        let type: String
        let run: @Sendable (Memory) -> Void
        /// How to run it by bands of rows, where that is possible.
        var rows: RowStep?
    }

    /// One call of a step, for the whole of it or a band of rows.
    struct Call: Sendable {
        let step: Int
        let run: @Sendable (Memory) -> Void
    }

    struct Input: Sendable {
        let name: String
        let view: View
    }

    /// A named value that can be read once the first `step` steps have run, before later ones take its memory.
    struct Probe: Sendable {
        let node: String
        let type: String
        let value: String
        let view: View
        let step: Int
    }

    enum Output: Sendable {
        case view(View)
        case known(Literal)
    }

    let inputs: [Input]
    let outputs: [(name: String, value: Output)]
    let steps: [Step]
    /// What a run calls, one after the other.
    let calls: [Call]
    /// Where the blocks lie, for each part of the batch; the steps run once for each.
    let offsets: [[Int]]
    /// Floats of arena that a run needs.
    let arenaCount: Int
    /// Floats of one part's inputs and outputs.
    private let movingCount: Int
    /// Multiply-adds of a run by node.
    let work: [String: Int]
    let probes: [Probe]
    /// Floats computed from shapes alone.
    let known: [String: Tensor]

    var parts: Int { offsets.count }

    /// Floats of arena that one part touches.
    var partElements: Int { arenaCount - (parts - 1) * movingCount }

    /// Lowers `nodes` for `shapes`, one for each input. With several parts the inputs and outputs have room for as many of
    /// these shapes, one behind the other, and everything else is used by all parts in turn.
    init(
        nodes: [Node], graph: Graph, literals: [String: Literal], shapes: [[Int]], parts: Int = 1, plan: PlanParts
    ) throws(GraphError) {
        let lowering = Lowering(plan, literals: literals)
        var inputs: [Input] = []
        do throws(Refusal) {
            for (port, shape) in zip(graph.inputs, shapes) {
                let view = try lowering.allocate(shape)
                lowering.emit(reads: [], writes: [view]) { _ in }
                inputs.append(Input(name: port.name, view: view))
                lowering.define(port.name, .view(view))
            }
        } catch {
            throw .badInput(name: graph.inputs[inputs.count].name, detail: "\(error)")
        }
        for node in nodes { try lowering.add(node) }
        var outputs: [(name: String, value: Output)] = []
        var views: [View] = []
        for port in graph.outputs {
            switch lowering.operand(port.name) {
            case nil: throw .undefinedName(port.name, neededBy: "the graph's output")
            case .known(let literal): outputs.append((port.name, .known(literal)))
            case .view(let view):
                outputs.append((port.name, .view(view)))
                views.append(view)
            }
        }
        // To the end: outputs are read, and inputs may be used again, after the run.
        lowering.emit(reads: views + inputs.map(\.view), writes: []) { _ in }
        self.inputs = inputs
        self.outputs = outputs
        steps = lowering.steps
        let chains = RowChains(steps, lowering.blocks, plan.rows)
        calls = chains.calls
        var blocks = chains.blocks
        var moving: Set<Int> = []
        for view in inputs.map(\.view) + views where parts > 1 {
            if case .arena(let block) = view.place.home, moving.insert(block).inserted {
                blocks[block].keep(parts: parts, last: steps.count)
            }
        }
        let (first, count) = MemoryPlan.place(blocks)
        arenaCount = count
        movingCount = moving.reduce(0) { $0 + lowering.blocks[$1].count }
        offsets = (0..<parts).map { part in
            first.indices.map { first[$0] + (moving.contains($0) ? part * lowering.blocks[$0].count : 0) }
        }
        work = lowering.work.mapValues { $0 * parts }
        (probes, known) = (chains.whole(lowering.probes), lowering.known)
        guard arenaCount <= plan.limits.arenaElements else {
            throw .tooLarge(
                node: graph.name, what: "\(arenaCount * 4) bytes of activations", limit: plan.limits.arenaElements * 4)
        }
    }
}

/// Resolves places to addresses during one run.
struct Memory {
    let base: UnsafeMutablePointer<Float>
    let offsets: UnsafePointer<Int>

    subscript(place: Place) -> UnsafeMutablePointer<Float> {
        switch place.home {
        case .arena(let block): base + offsets[block] + place.offset
        case .shared(let buffer): UnsafeMutablePointer(mutating: buffer.pointer) + place.offset
        }
    }

    func pixels(_ place: Place, stride: Int) -> Pixels { Pixels(self[place], stride: stride) }
}
