import Kernels
import Tensor

/// Rewrites a graph into fewer, larger nodes that compute the same.
struct GraphRewriter {
    private(set) var literals: [String: Literal]
    private let outputs: Set<String>
    let inputsWithAxes: Set<String>
    /// Whether a quotient may be off by its last bit: where something rounds to a whole number, 41 / 41 must be 1.
    let divisorsFold: Bool
    private var slots: [Node?]
    private var budget: Budget
    private var producers: [String: Int] = [:]
    private var readers: [String: [Int]] = [:]

    var nodes: [Node] { slots.compactMap(\.self) }
    var indices: Swift.Range<Int> { slots.indices }

    /// Starts from the graph with everything computed that does not depend on its inputs.
    init(_ graph: Graph, limits: PlanLimits) throws(GraphError) {
        literals = graph.literals
        outputs = Set(graph.outputs.map(\.name))
        inputsWithAxes = Set(graph.inputs.filter { $0.shape?.isEmpty == false }.map(\.name))
        divisorsFold = !graph.nodes.contains { Self.rounds($0.op) }
        (slots, budget) = ([], Budget(limits, literals: [:]))
        for node in graph.nodes {
            if let constant = node.op as? ConstantOperator { define(node.outputs[0], constant.value) }
        }
        budget = Budget(limits, literals: literals)
        var effort = Effort(limits, literals: literals)
        for node in graph.nodes where !(node.op is ConstantOperator) {
            let known = node.inputs.map { literals[$0] }
            let allKnown = zip(node.inputs, known).allSatisfy { $0.isEmpty || $1 != nil }
            guard allKnown, node.op.folds else {
                slots.append(node)
                continue
            }
            do throws(Refusal) {
                let results = try node.op.evaluate(Arguments(values: known, limit: budget.left))
                for result in results { try budget.spend(result.cost) }
                try effort.spend(on: node, known, results)
                for (name, result) in zip(node.outputs, results) { define(name, result) }
            } catch {
                throw error.error(node: node)
            }
        }
        for index in slots.indices { register(index) }
    }

    private static func rounds(_ op: any Operator) -> Bool {
        switch (op as? Unary)?.function {
        case .floor, .ceil, .round: true
        default: (op as? Cast).map { $0.target != .float32 } ?? false
        }
    }

    /// All rewritings, in the order in which they prepare one another. With 8-bit `precision` a convolution's inputs share a
    /// scale, so that a normalization that brings their channels to one range stays before it.
    mutating func fuse(for precision: Precision) {
        for index in indices { foldScalars(at: index) }
        for index in indices { fuseGate(at: index) }
        for index in indices { foldNormalization(at: index, ahead: precision == .float32) }
        for index in indices { fuseResidual(at: index) }
        for index in indices { fuseActivation(at: index) }
        for index in indices { mergeSiblings(at: index) }
        for index in indices { mergeDepthwiseSiblings(at: index) }
    }

    // MARK: What the rewritings are written in

    subscript(index: Int) -> Node? { slots[index] }

    func literal(_ name: String) -> Literal? { literals[name] }

    /// A single known number, for instance a scale.
    func scalar(_ name: String) -> Float? {
        guard case .float(let tensor)? = literals[name], tensor.count == 1, tensor.shape.count <= 1 else { return nil }
        return tensor.values[0]
    }

    /// The node that makes `value`, if nobody but one input of one node reads it.
    func soleProducer(of value: String) -> (index: Int, node: Node)? {
        guard readers[value]?.count == 1, !outputs.contains(value), let index = producers[value],
            let node = slots[index],
            node.outputs.count == 1
        else { return nil }
        return (index, node)
    }

    func producer(of value: String) -> Node? { producers[value].flatMap { slots[$0] } }

    /// The node that alone reads `value`.
    func soleReader(of value: String) -> (index: Int, node: Node)? {
        guard let all = readers[value], all.count == 1, !outputs.contains(value), let node = slots[all[0]] else {
            return nil
        }
        return (all[0], node)
    }

    /// The nodes that read `value`, in the order of the graph.
    func readers(of value: String) -> [Int] { Set(readers[value] ?? []).sorted() }

    /// Whether rewritten weights of as many floats may still be made.
    mutating func affords(_ floats: Int) -> Bool { (try? budget.spend(floats)) != nil }

    /// An output without a name is one that nobody wants.
    mutating func define(_ name: String, _ literal: Literal) { if !name.isEmpty { literals[name] = literal } }

    mutating func replace(at index: Int, by node: Node) {
        remove(at: index)
        slots[index] = node
        register(index)
    }

    mutating func remove(at index: Int) {
        guard let node = slots[index] else { return }
        for input in node.inputs {
            if let place = readers[input]?.firstIndex(of: index) { readers[input]?.remove(at: place) }
        }
        for output in node.outputs { producers[output] = nil }
        slots[index] = nil
    }

    private mutating func register(_ index: Int) {
        guard let node = slots[index] else { return }
        for input in node.inputs where !input.isEmpty { readers[input, default: []].append(index) }
        for output in node.outputs where !output.isEmpty { producers[output] = index }
    }
}
