import Kernels
import Tensor

/// Matrix product over the last two axes, the others broadcast as in numpy.
struct MatMul: Operator {
    init(_ node: NodeReader) throws(GraphError) { node.expect(inputs: 2...2) }

    var folds: Bool { false }

    /// The product's shape and, with vectors raised to matrices, both operands' shapes.
    private struct Sizes {
        var a: [Int]
        var b: [Int]
        var batch: [Int]
        var output: [Int]
        var rows: Int { a[a.count - 2] }
        var depth: Int { a[a.count - 1] }
        var columns: Int { b[b.count - 1] }
    }

    private func sizes(_ x: [Int], _ y: [Int]) throws(Refusal) -> Sizes {
        guard !x.isEmpty, !y.isEmpty else { throw .shape("a single number cannot be multiplied as a matrix") }
        let a = x.count == 1 ? [1] + x : x
        let b = y.count == 1 ? y + [1] : y
        guard a[a.count - 1] == b[b.count - 2], let batch = Shape.broadcast(Array(a.dropLast(2)), Array(b.dropLast(2)))
        else { throw .shape("\(x) and \(y) do not multiply") }
        var output = batch
        if x.count > 1 { output.append(a[a.count - 2]) }
        if y.count > 1 { output.append(b[b.count - 1]) }
        return Sizes(a: a, b: b, batch: batch, output: output)
    }

    /// The matrices of each product, as offsets into the operands; none where the result or the sums are empty.
    private func offsets(_ sizes: Sizes) throws(Refusal) -> [(a: Int, b: Int)] {
        guard let count = Shape.count(sizes.batch), count <= 1 << 16 else {
            throw .tooLarge("matrices \(sizes.batch)", limit: 1 << 16)
        }
        guard sizes.rows > 0, sizes.depth > 0, sizes.columns > 0 else { return [] }
        func strides(_ shape: [Int]) -> [Int] {
            Shape.broadcastStrides(
                Array(shape.dropLast(2)), strides: Array(Shape.rowMajorStrides(shape).dropLast(2)), to: sizes.batch)
        }
        var result: [(a: Int, b: Int)] = []
        Shape.forEachOffset(sizes.batch, strides: [strides(sizes.a), strides(sizes.b)]) {
            result.append(($0[0], $0[1]))
        }
        return result
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let (a, b) = (try arguments.float(0), try arguments.float(1))
        let sizes = try sizes(a.shape, b.shape)
        let shape = try arguments.checked(sizes.output)
        let values = try offsets(sizes).flatMap { offset in
            MatrixProduct.reference(
                a.values[offset.a...], b.values[offset.b...], rows: sizes.rows, depth: sizes.depth,
                columns: sizes.columns)
        }
        // Without products the sums are empty.
        return [.float(values.isEmpty ? Tensor(shape: shape, repeating: 0) : Tensor(shape: shape, values: values))]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let sizes = try sizes(operands.shape(0), operands.shape(1))
        let a = try program.rowMajor(program.view(operands, 0))
        let (depth, columns) = (sizes.depth, sizes.columns)
        if case .known(.float(let b)) = try operands.operand(1), b.shape.count <= 2, depth > 0 {
            let floats = PackedWeights.count(depth: depth, width: columns, isa: program.isa)
            let packed = try program.packed(operands.node, floats: floats) {
                PackedWeights(depth: depth, width: columns, bias: nil, isa: program.isa) { column, k, _ in
                    b.values[k * columns + column]
                }
            }
            let rows = sizes.a.dropLast().reduce(1, *)
            return [.view(try program.product(a, packed, rows: rows, shape: sizes.output, activation: .identity))]
        }
        let b = try program.rowMajor(program.view(operands, 1))
        let output = try program.allocate(sizes.output)
        let (offsets, rows, count) = (try offsets(sizes), sizes.rows, output.count)
        try program.keep(floats: 4 * offsets.count)
        let (x, y, to) = (a.place, b.place, output.place)
        program.emit(reads: [a, b], writes: [output]) { memory in
            if offsets.isEmpty { memory[to].update(repeating: 0, count: count) }
            for (index, offset) in offsets.enumerated() {
                MatrixProduct.run(
                    memory[x] + offset.a, memory[y] + offset.b, to: memory[to] + index * rows * columns, rows: rows,
                    depth: depth, columns: columns)
            }
        }
        return [.view(output)]
    }

    func multiplyAdds(inputs: [[Int]], outputs: [[Int]]) -> Int {
        outputs[0].reduce(inputs[0].last ?? 1, *)
    }
}
