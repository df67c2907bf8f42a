import Kernels
import Tensor

/// Collects the steps of one program: where each value lies, what each step reads and writes.
final class Lowering {
    let isa: InstructionSet
    /// Nil for float32.
    let int8: Int8Convolution.Path?
    let limits: PlanLimits
    /// Where the current node's packed weights are kept: with the plan, unless they depend on the inputs' shapes.
    private(set) var store: WeightStore
    private(set) var steps: [Program.Step] = []
    private(set) var blocks: [MemoryPlan.Block] = []
    private(set) var node: Node?
    /// Multiply-adds of a run by node.
    private(set) var work: [String: Int] = [:]
    /// Where the first output of each node lies once `step` steps have run.
    private(set) var probes: [Program.Probe] = []
    private let shared: WeightStore
    /// Floats computed from shapes alone, before the run.
    private(set) var known: [String: Tensor] = [:]
    private var values: [String: Operand] = [:]
    /// Names of known values that depend on the inputs' shapes.
    private var computed: Set<String> = []
    private var buffers: [String: View] = [:]
    private var budget: Budget
    private var folding: Effort
    /// Floats that larger forms of weights may take in the whole plan.
    private let largerForms: Int
    private var effort = 0
    /// What a step itself takes, in floats.
    private static let stepCost = 64

    init(_ plan: PlanParts, literals: [String: Literal]) {
        isa = plan.isa
        int8 = plan.int8
        limits = plan.limits
        shared = plan.store
        store = plan.store
        budget = Budget(plan.limits, literals: literals, share: 1.5)
        folding = Effort(plan.limits, literals: literals)
        largerForms = Budget(plan.limits, literals: literals, share: 0.5).left
        values = literals.mapValues(Operand.known)
    }

    func define(_ name: String, _ operand: Operand) { values[name] = operand }

    func operand(_ name: String) -> Operand? { values[name] }

    /// Turns one node into known values or steps.
    func add(_ node: Node) throws(GraphError) {
        self.node = node
        var operands: [Operand?] = []
        for name in node.inputs { operands.append(name.isEmpty ? nil : values[name]) }
        let known: [Literal?] = operands.map { if case .known(let literal)? = $0 { literal } else { nil } }
        let allKnown = zip(operands, known).allSatisfy { ($0 == nil) == ($1 == nil) }
        let results: [Operand]
        do throws(Refusal) {
            if let literals = try (node.op as? any ShapeReader)?.evaluate(shapes: operands.map(\.?.shape)) {
                results = literals.map(Operand.known)
            } else if allKnown && node.op.folds {
                let literals = try node.op.evaluate(Arguments(values: known, limit: budget.left))
                for literal in literals { try budget.spend(literal.cost) }
                try folding.spend(on: node, known, literals)
                results = literals.map(Operand.known)
            } else {
                store = node.inputs.contains(where: computed.contains) ? WeightStore() : shared
                let before = steps.count
                results = try node.op.lower(Operands(values: operands, node: node), into: self)
                try keep(floats: Self.stepCost * (steps.count - before))
                try count(node, inputs: operands.map { $0?.shape ?? [] }, outputs: results.map(\.shape))
                probe(node, results)
            }
        } catch {
            throw error.error(node: node)
        }
        for (name, result) in zip(node.outputs, results) where !name.isEmpty {
            values[name] = result
            if case .known = result { computed.insert(name) }
            if case .known(.float(let tensor)) = result { self.known[name] = tensor }
        }
    }

    private func count(_ node: Node, inputs: [[Int]], outputs: [[Int]]) throws(Refusal) {
        work[node.name] = node.op.multiplyAdds(inputs: inputs, outputs: outputs)
        let (sum, overflow) = effort.addingReportingOverflow(node.op.effort(inputs: inputs, outputs: outputs))
        guard !overflow, sum <= limits.effort else { throw .tooLarge("multiply-adds of one run", limit: limits.effort) }
        effort = sum
    }

    private func probe(_ node: Node, _ results: [Operand]) {
        for (name, result) in zip(node.outputs, results) {
            if case .view(let view) = result {
                probes.append(
                    Program.Probe(node: node.name, type: node.type, value: name, view: view, step: steps.count))
            }
        }
    }

    /// Counts memory that a step keeps from the plan to the run.
    func keep(floats: Int) throws(Refusal) { try budget.spend(floats) }

    // MARK: Weights

    /// The current node's weights in the order that a kernel reads, of `floats` floats, unless they are more than the file
    /// may ask for.
    func packed<Form: PackedForm>(_ node: Node, floats: Int, _ make: () -> Form) throws(Refusal) -> Form {
        guard floats <= budget.left else { throw .tooLarge("\(floats) floats of packed weights", limit: budget.left) }
        try budget.spend(floats)
        return store.weights(node.name, make: make)
    }

    /// The same in a larger form that is quicker; nil where there is no room for it besides everything's plain form.
    func packedLarger<Form: PackedForm>(_ node: Node, floats: Int, _ make: () -> Form) -> Form? {
        guard store === shared, shared.reserve(node.name, floats: floats, limit: largerForms) else { return nil }
        return store.weights(node.name, make: make)
    }

    // MARK: Memory

    /// A new block for a value, channels last if it has four axes and `channelsLast`.
    func allocate(_ shape: [Int], channelsLast: Bool = false) throws(Refusal) -> View {
        let strides = channelsLast && shape.count == 4 ? View.channelsLastStrides(shape) : Shape.rowMajorStrides(shape)
        return try allocate(shape, strides: strides)
    }

    /// A new block with the axes in the order of `strides`, which must be compact.
    func allocate(_ shape: [Int], strides: [Int]) throws(Refusal) -> View {
        let shape = try checkedShape(shape, limit: limits.maximumElements)
        blocks.append(MemoryPlan.Block(count: max(shape.reduce(1, *), 1)))
        return View(place: Place(home: .arena(block: blocks.count - 1)), shape: shape, strides: strides)
    }

    func scratch(_ count: Int) throws(Refusal) -> View { try allocate([max(count, 1)]) }

    /// Adds a step; the views it reads and writes decide how long their memory is kept.
    func emit(reads: [View?], writes: [View], _ run: @escaping @Sendable (Memory) -> Void) {
        for view in reads.compactMap(\.self) + writes {
            if case .arena(let block) = view.place.home { blocks[block].use(at: steps.count) }
        }
        steps.append(Program.Step(node: node?.name ?? "", type: node?.type ?? "", run: run))
    }

    /// Adds a step that can be run by bands of rows, if `byRows`.
    func emit(_ step: RowStep, scratch: View? = nil, byRows: Bool = true) {
        emit(reads: [step.input, step.residual], writes: [step.output] + [scratch].compactMap(\.self)) {
            step.run($0, .whole)
        }
        if byRows { steps[steps.count - 1].rows = step }
    }

    // MARK: Views

    /// The operand as floats that steps can read.
    func view(_ operand: Operand) throws(Refusal) -> View {
        switch operand {
        case .view(let view): return view
        case .known(.float(let tensor)):
            try budget.spend(tensor.count)
            return View(
                place: Place(home: .shared(Buffer(tensor.values))), shape: tensor.shape,
                strides: Shape.rowMajorStrides(tensor.shape))
        case .known(.integer(let tensor)): throw .type(input: 0, found: tensor.type, supported: "float32")
        }
    }

    func view(_ operands: Operands, _ index: Int) throws(Refusal) -> View {
        let name = index < operands.node.inputs.count ? operands.node.inputs[index] : ""
        if let known = buffers[name] { return known }
        do throws(Refusal) {
            let operand = try operands.operand(index)
            let view = try view(operand)
            if case .known = operand { buffers[name] = view }
            return view
        } catch .type(_, let found, let supported) {
            throw .type(input: index, found: found, supported: supported)
        }
    }

    /// The view, or a copy of it, with rows and pictures of pixels dense and channels adjacent.
    func channelsLast(_ view: View) throws(Refusal) -> View {
        if view.pixelStride != nil { return view }
        return try copy(view, channelsLast: true)
    }

    func rowMajor(_ view: View) throws(Refusal) -> View {
        if view.isRowMajor { return view }
        return try copy(view, channelsLast: false)
    }

    func compact(_ view: View) throws(Refusal) -> View { view.isCompact ? view : try rowMajor(view) }

    private func copy(_ view: View, channelsLast: Bool) throws(Refusal) -> View {
        let target = try allocate(view.shape, channelsLast: channelsLast)
        copy(view, to: target)
        return target
    }

    /// A step that copies element for element between views of one shape.
    func copy(_ source: View, to target: View) {
        let walk = Walk(shape: source.shape, out: target.strides, a: source.strides)
        let (isa, from, to) = (isa, source.place, target.place)
        emit(reads: [source], writes: [target]) { walk.copy($0[from], to: $0[to], on: isa) }
    }
}

/// An operator that needs only its inputs' shapes, so that it is known before the run whatever the values are.
protocol ShapeReader: Operator {
    func evaluate(shapes: [[Int]?]) throws(Refusal) -> [Literal]
}
