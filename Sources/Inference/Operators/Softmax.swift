import Kernels
import Tensor

/// Softmax and LogSoftmax: over one axis since opset 13, before over all axes from `axis` on.
struct SoftmaxOperator: Operator {
    let axis: Int
    let overRest: Bool
    let logarithm: Bool

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...1)
        overRest = node.opset < 13
        axis = try node.int("axis", default: overRest ? 1 : -1)
        logarithm = node.type == "LogSoftmax"
    }

    /// The order of axes that puts those summed over last, and how many numbers are summed.
    private func layout(_ shape: [Int]) throws(Refusal) -> (order: [Int], count: Int) {
        guard !shape.isEmpty else { throw .shape("a single number has no axis") }
        let first = try resolvedAxis(axis, rank: shape.count)
        if overRest { return (Array(shape.indices), shape[first...].reduce(1, *)) }
        return (shape.indices.filter { $0 != first } + [first], shape[first])
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        var input = try arguments.float(0)
        let (order, count) = try layout(input.shape)
        guard input.count > 0 else { return [.float(input)] }
        let strides = Shape.rowMajorStrides(input.shape)
        var places: [Int] = []
        Shape.forEachOffset(order.map { input.shape[$0] }, strides: [order.map { strides[$0] }]) {
            places.append($0[0])
        }
        var values = input.values
        for start in stride(from: 0, to: places.count, by: count) {
            let row = places[start..<start + count]
            let results = Softmax.reference(row.map { input.values[$0] }, logarithm: logarithm)
            for (place, result) in zip(row, results) { values[place] = result }
        }
        input.values = values
        return [.float(input)]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let view = try program.view(operands, 0)
        let (order, count) = try layout(view.shape)
        let input = try program.rowMajor(view.permuted(order))
        let output = try program.allocate(input.shape)
        let (from, to, isa, logarithm) = (input.place, output.place, program.isa, logarithm)
        let rows = count == 0 ? 0 : input.count / count
        program.emit(reads: [input], writes: [output]) { memory in
            Softmax.run(memory[from], to: memory[to], rows: rows, count: count, logarithm: logarithm, on: isa)
        }
        return [.view(output.permuted(order.indices.map { order.firstIndex(of: $0) ?? 0 }))]
    }
}
