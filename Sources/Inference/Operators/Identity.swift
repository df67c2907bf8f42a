/// The input itself: Identity, and Dropout, which does nothing unless its third input says that it is being trained.
struct Identity: Operator {
    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...3)
        node.ignore("ratio")
        node.ignore("seed")
    }

    private func check(training: Literal?) throws(Refusal) {
        guard case .integer(let flag)? = training, flag.values.contains(where: { $0 != 0 }) else { return }
        throw .shape("training is not supported: only inference is")
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        try check(training: arguments[2])
        return [try arguments.value(0)]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        try check(training: operands.literal(2))
        return [try operands.operand(0)]
    }
}
