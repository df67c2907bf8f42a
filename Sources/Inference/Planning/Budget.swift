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
