import Tensor

/// A matrix: the axes before `axis` as rows, the rest as columns.
struct Flatten: Operator {
    let axis: Int

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...1)
        axis = try node.int("axis", default: 1)
    }

    private func shape(_ input: [Int]) throws(Refusal) -> [Int] {
        let split = axis == input.count ? axis : try resolvedAxis(axis, rank: input.count)
        return [input[..<split].reduce(1, *), input[split...].reduce(1, *)]
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.value(0)
        return [input.reshaped(try shape(input.shape))]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let view = try program.view(operands, 0)
        return [.view(try program.reshape(view, to: shape(view.shape)))]
    }
}
