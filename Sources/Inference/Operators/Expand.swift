import Tensor

/// Repeats axes of length 1 until the shape is reached.
struct Expand: Operator {
    init(_ node: NodeReader) throws(GraphError) { node.expect(inputs: 2...2) }

    private func shape(_ input: [Int], _ wish: [Int]?, limit: Int) throws(Refusal) -> [Int] {
        guard let wish, let shape = Shape.broadcast(input, wish) else {
            throw .shape("\(input) cannot become \(wish ?? [])")
        }
        return try checkedShape(shape, limit: limit)
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.value(0)
        let shape = try shape(input.shape, arguments.list(1), limit: arguments.limit)
        let strides = Shape.broadcastStrides(input.shape, strides: Shape.rowMajorStrides(input.shape), to: shape)
        return [input.gathered(shape: shape, strides: strides)]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let view = try program.view(operands, 0)
        let shape = try shape(view.shape, operands.list(1), limit: program.limits.maximumElements)
        let strides = Shape.broadcastStrides(view.shape, strides: view.strides, to: shape)
        return [.view(View(place: view.place, shape: shape, strides: strides))]
    }
}
