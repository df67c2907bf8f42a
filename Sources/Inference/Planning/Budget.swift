/// Memory that may still be filled ahead of the run, so that a small file cannot ask for much.
struct Budget {
    /// In floats.
    private(set) var left: Int
    private let limit: Int

    /// `share` times what the file holds, and `limits.foldedElements` more.
    init(_ limits: PlanLimits, literals: [String: Literal], share: Double = 1) {
        limit = limits.foldedElements + Int(share * Double(literals.values.reduce(0) { $0 + $1.cost }))
        left = limit
    }

    mutating func spend(_ floats: Int) throws(Refusal) {
        guard floats <= left else { throw .tooLarge("values known before the run", limit: limit) }
        left -= floats
    }
}

/// Time that may still be spent on values known before the run, in multiply-adds, so that a small file cannot ask for much.
struct Effort {
    private var left: Int
    private let limit: Int

    /// `limits.foldedEffort`, and 1,024 for every float of the file, which may be folded a few times over.
    init(_ limits: PlanLimits, literals: [String: Literal]) {
        limit = limits.foldedEffort + 1024 * literals.values.reduce(0) { $0 + $1.cost }
        left = limit
    }

    mutating func spend(on node: Node, _ inputs: [Literal?], _ outputs: [Literal]) throws(Refusal) {
        left -= node.op.effort(inputs: inputs.map { $0?.shape ?? [] }, outputs: outputs.map(\.shape))
        guard left >= 0 else { throw .tooLarge("multiply-adds ahead of the run", limit: limit) }
    }
}
