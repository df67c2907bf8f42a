/// New axes of length 1 at the places they have in the result.
struct Unsqueeze: Operator {
    let axes: [Int]?

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...2)
        axes = try node.ints("axes")
    }

    private func added(_ shape: [Int], _ list: [Int]?) throws(Refusal) -> [Int] {
        guard let given = axes ?? list else { throw .missing(input: 1) }
        guard shape.count + given.count <= Graph.maximumRank else {
            throw .tooLarge("\(shape.count + given.count) axes", limit: Graph.maximumRank)
        }
        return try resolvedAxes(given, rank: shape.count + given.count)
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.value(0)
        var shape = input.shape
        for axis in try added(shape, arguments.list(1)) { shape.insert(1, at: axis) }
        return [input.reshaped(shape)]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        var view = try program.view(operands, 0)
        for axis in try added(view.shape, operands.list(1)) { view = view.inserting(axis: axis) }
        return [.view(view)]
    }
}
