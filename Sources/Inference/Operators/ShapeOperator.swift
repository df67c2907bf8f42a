/// Shape: the lengths of the input's axes, or of some neighbouring ones (opset 15).
struct ShapeOperator: ShapeReader {
    let start: Int
    let end: Int

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...1)
        start = try node.int("start", default: 0)
        end = try node.int("end", default: Graph.maximumRank)
    }

    func evaluate(shapes: [[Int]?]) throws(Refusal) -> [Literal] {
        guard let shape = shapes[0] else { throw .missing(input: 0) }
        let range = SliceRange(start: start, end: end, step: 1, length: shape.count)
        return [.list(Array(shape[range.start..<range.start + range.count]))]
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        try evaluate(shapes: [arguments.value(0).shape])
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        try evaluate(shapes: [operands.shape(0)]).map(Operand.known)
    }
}
