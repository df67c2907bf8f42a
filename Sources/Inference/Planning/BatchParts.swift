import Tensor

extension Plan {
    /// A batch is run in parts whose activations stay in the processor's second cache, if every part is independent of
    /// the others: the program for the largest such part, or nil where the batch is best run as a whole.
    func inParts(_ whole: Program, shapes: [[Int]]) -> Program? {
        guard let batch = shapes.first?.first, shapes.allSatisfy({ $0.first == batch }) else { return nil }
        guard whole.arenaCount > Plan.residentElements else { return nil }
        for length in Plan.partLengths where length < batch && batch % length == 0 {
            let share = shapes.map { [length] + $0.dropFirst() }
            guard
                let program = try? Program(
                    nodes: nodes, graph: graph, literals: literals, shapes: share, parts: batch / length, plan: parts),
                program.partElements <= Plan.residentElements
            else { continue }
            return treatsPicturesAlike(whole, batch, program, length) ? program : nil
        }
        return nil
    }

    /// Elements of a part's arena; 1.75 MiB, what a second cache of 2 MiB can hold besides weights that pass through.
    static let residentElements = 7 << 16

    private static let partLengths = [8, 4, 2]

    /// Whether both programs, for batches of different lengths, show that results for one picture depend on it alone: every
    /// value differs in its first axis only, nothing was computed from the batch's length, and every operator keeps rows apart
    /// whenever it keeps their number.
    private func treatsPicturesAlike(_ a: Program, _ batch: Int, _ b: Program, _ length: Int) -> Bool {
        guard a.known == b.known, a.probes.count == b.probes.count else { return false }
        var ranks: [String: Int] = [:]
        for (one, other) in zip(a.probes, b.probes) {
            let (x, y) = (one.view.shape, other.view.shape)
            guard one.value == other.value, x.first == batch, y.first == length, x.dropFirst() == y.dropFirst() else {
                return false
            }
            ranks[one.value] = x.count
        }
        return nodes.allSatisfy { node in
            let rank = node.outputs.compactMap { ranks[$0] }.first
            return rank.map { keepsRowsApart(node.op, rank: $0) } ?? true
        }
    }

    private func keepsRowsApart(_ op: any Operator, rank: Int) -> Bool {
        switch op {
        case let softmax as SoftmaxOperator: softmax.axis != 0 && softmax.axis != -rank
        case is Conv, is Gemm, is MatMul, is Unary, is Arithmetic, is Clip, is PRelu, is BatchNormalization, is Pool,
            is GlobalPool, is Reduce, is Concat, is Flatten, is Reshape, is Transpose, is Resize:
            true
        default: false
        }
    }
}
