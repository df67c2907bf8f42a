/// Drops axes of length 1: those named, or all.
struct Squeeze: Operator {
    let axes: [Int]?

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...2)
        axes = try node.ints("axes")
    }

    private func dropped(_ shape: [Int], _ list: [Int]?) throws(Refusal) -> [Int] {
        guard let given = axes ?? list else { return shape.indices.filter { shape[$0] == 1 } }
        let axes = try resolvedAxes(given, rank: shape.count)
        if let wrong = axes.first(where: { shape[$0] != 1 }) { throw .shape("axis \(wrong) of \(shape) is not 1 long") }
        return axes
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.value(0)
        let dropped = try dropped(input.shape, arguments.list(1))
        return [input.reshaped(input.shape.indices.filter { !dropped.contains($0) }.map { input.shape[$0] })]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        var view = try program.view(operands, 0)
        for axis in try dropped(view.shape, operands.list(1)).reversed() { view = view.removing(axis: axis) }
        return [.view(view)]
    }
}
