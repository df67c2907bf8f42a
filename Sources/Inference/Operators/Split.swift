import Tensor

/// Pieces of an axis: sizes from the attribute (until opset 12) or an input, or equal pieces.
struct Split: Operator {
    let axis: Int
    let sizes: [Int]?
    let outputs: Int

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...2, outputs: 1024)
        axis = try node.int("axis", default: 0)
        sizes = try node.ints("split", in: 0...Int(Int32.max))
        outputs = try node.int("num_outputs", default: node.outputCount, in: 1...1024)
        guard outputs == node.outputCount else { throw node.bad("num_outputs", "differs from the outputs' number") }
    }

    private func pieces(_ shape: [Int], _ list: [Int]?) throws(Refusal) -> (axis: Int, sizes: [Int]) {
        let axis = try resolvedAxis(axis, rank: shape.count)
        let length = shape[axis]
        if let given = sizes ?? list {
            guard given.count == outputs, given.allSatisfy({ (0...length).contains($0) }), given.reduce(0, +) == length
            else {
                throw .shape("pieces \(given) do not fill \(length) in \(outputs) outputs")
            }
            return (axis, given)
        }
        let size = (length + outputs - 1) / outputs
        return (axis, (0..<outputs).map { max(0, min(size, length - $0 * size)) })
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.value(0)
        let (axis, sizes) = try pieces(input.shape, arguments.list(1))
        var results: [Literal] = []
        var start = 0
        for size in sizes {
            var ranges = input.shape.map { SliceRange(start: 0, step: 1, count: $0) }
            ranges[axis] = SliceRange(start: start, step: 1, count: size)
            results.append(input.sliced(ranges))
            start += size
        }
        return results
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let view = try program.view(operands, 0)
        let (axis, sizes) = try pieces(view.shape, operands.list(1))
        var start = 0
        return sizes.map { size in
            defer { start += size }
            return .view(view.sliced(axis: axis, from: start, count: size))
        }
    }
}
