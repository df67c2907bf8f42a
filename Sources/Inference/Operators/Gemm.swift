import Kernels
import Tensor

/// Y = alpha · A' · B' + beta · C for matrices; B and C known before the run.
struct Gemm: Operator {
    let alpha: Float
    let beta: Float
    let transposesA: Bool
    let transposesB: Bool
    var fused: Activation = .identity

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 2...3)
        alpha = try node.float("alpha", default: 1)
        beta = try node.float("beta", default: 1)
        transposesA = try node.flag("transA")
        transposesB = try node.flag("transB")
    }

    var folds: Bool { false }

    /// The rows, inner length and columns of the product.
    private func sizes(_ a: [Int], _ b: [Int], _ c: [Int]?) throws(Refusal) -> (rows: Int, depth: Int, columns: Int) {
        guard a.count == 2, b.count == 2 else { throw .shape("matrices expected, found shapes \(a) and \(b)") }
        let (rows, depth) = transposesA ? (a[1], a[0]) : (a[0], a[1])
        let (inner, columns) = transposesB ? (b[1], b[0]) : (b[0], b[1])
        guard depth == inner else { throw .shape("\(a) and \(b) do not multiply") }
        if let c, Shape.broadcast(c, [rows, columns]) != [rows, columns] {
            throw .shape("C \(c) does not fit [\(rows), \(columns)]")
        }
        return (rows, depth, columns)
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let (a, b) = (try arguments.float(0), try arguments.float(1))
        let c = arguments[2] == nil ? nil : try arguments.float(2)
        let (rows, depth, columns) = try sizes(a.shape, b.shape, c?.shape)
        let shape = try arguments.checked([rows, columns])
        let added = c.map { Shape.broadcastStrides($0.shape, strides: Shape.rowMajorStrides($0.shape), to: shape) }
        var values: [Float] = []
        values.reserveCapacity(rows * columns)
        for row in 0..<rows {
            for column in 0..<columns {
                var sum = 0.0
                for k in 0..<depth {
                    sum +=
                        Double(a.values[transposesA ? k * rows + row : row * depth + k])
                        * Double(b.values[transposesB ? column * depth + k : k * columns + column])
                }
                var result = Double(alpha) * sum
                if let c, let added { result += Double(beta) * Double(c.values[row * added[0] + column * added[1]]) }
                values.append(Float(result))
            }
        }
        return [.float(Tensor(shape: shape, values: values))]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        var a = try program.view(operands, 0)
        guard let b = try operands.floats(1) else { throw .missing(input: 1) }
        let c = try operands.floats(2)
        let (rows, depth, columns) = try sizes(a.shape, b.shape, c?.shape)
        if transposesA { a = a.permuted([1, 0]) }
        let (alpha, beta, transposesB) = (alpha, beta, transposesB)
        // One row for all is the bias of the product's own pass; anything else is added in a step of its own.
        let bias = c.flatMap { c in c.shape.count < 2 || c.shape[0] == 1 ? c : nil }
        let floats = PackedWeights.count(depth: depth, width: columns, isa: program.isa)
        let packed = try program.packed(operands.node, floats: floats) {
            let bias = bias.map { c in (0..<columns).map { beta * c.values[c.values.count == 1 ? 0 : $0] } }
            return PackedWeights(depth: depth, width: columns, bias: bias, isa: program.isa) { column, k, _ in
                alpha * b.values[transposesB ? column * depth + k : k * columns + column]
            }
        }
        guard bias == nil, var c else {
            return [.view(try program.product(a, packed, rows: rows, shape: [rows, columns], activation: fused))]
        }
        for index in c.values.indices { c.values[index] *= beta }
        let product = try program.product(a, packed, rows: rows, shape: [rows, columns], activation: .identity)
        let added = try program.view(.known(.float(c)))
        return [.view(try program.map(program.combine(.add, product, added), by: fused))]
    }

    func multiplyAdds(inputs: [[Int]], outputs: [[Int]]) -> Int {
        outputs[0].reduce(transposesA ? inputs[0][0] : inputs[0][1], *)
    }
}

extension Lowering {
    /// `rows` rows of `a` (row-major) times packed weights, as a value of `shape`.
    func product(
        _ a: View, _ weights: PackedWeights, rows: Int, shape: [Int], activation: Activation
    ) throws(Refusal) -> View {
        let input = try rowMajor(a)
        let output = try allocate(shape)
        if rows == 0 { return output }
        let line = Window.Pair(1, rows)
        let job = Convolution.Job(
            window: Window(kernel: Window.Pair(1, 1)), pictures: 1, picture: line, places: line, activation: activation)
        let scratch = try scratch(Convolution.scratchCount(job, weights: weights))
        let (from, to, work) = (input.place, output.place, scratch.place)
        emit(reads: [input], writes: [output, scratch]) { memory in
            Convolution.run(
                job, weights: weights, input: memory.pixels(from, stride: weights.depth), residual: nil,
                output: memory.pixels(to, stride: weights.width), scratch: memory[work])
        }
        return output
    }
}
