import Tensor

/// The axes in another order; reversed where `perm` is left out.
struct Transpose: Operator {
    let order: [Int]?

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...1)
        order = try node.ints("perm", in: 0...Graph.maximumRank)
    }

    private func order(rank: Int) throws(Refusal) -> [Int] {
        let result = order ?? (0..<rank).reversed()
        guard result.sorted() == Array(0..<rank) else { throw .shape("perm \(result) does not order \(rank) axes") }
        return result
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.value(0)
        let order = try order(rank: input.shape.count)
        let strides = Shape.rowMajorStrides(input.shape)
        return [input.gathered(shape: order.map { input.shape[$0] }, strides: order.map { strides[$0] })]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let view = try program.view(operands, 0)
        return [.view(view.permuted(try order(rank: view.shape.count)))]
    }
}
