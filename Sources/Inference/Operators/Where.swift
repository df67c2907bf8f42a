import Tensor

/// x where the condition holds, else y; for shape arithmetic, known before the run.
struct Where: Operator {
    init(_ node: NodeReader) throws(GraphError) { node.expect(inputs: 3...3) }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let condition = try arguments.integers(0)
        let (x, y) = (try arguments.value(1), try arguments.value(2))
        guard let both = Shape.broadcast(x.shape, y.shape), let broadcast = Shape.broadcast(condition.shape, both)
        else {
            throw .shape("\(condition.shape), \(x.shape) and \(y.shape) do not fit")
        }
        let shape = try arguments.checked(broadcast)
        let strides = [condition.shape, x.shape, y.shape].map {
            Shape.broadcastStrides($0, strides: Shape.rowMajorStrides($0), to: shape)
        }
        switch (x, y) {
        case (.float(let a), .float(let b)):
            var values: [Float] = []
            Shape.forEachOffset(shape, strides: strides) { at in
                values.append(condition.values[at[0]] != 0 ? a.values[at[1]] : b.values[at[2]])
            }
            return [.float(Tensor(shape: shape, values: values))]
        case (.integer(let a), .integer(let b)):
            var values: [Int64] = []
            Shape.forEachOffset(shape, strides: strides) { at in
                values.append(condition.values[at[0]] != 0 ? a.values[at[1]] : b.values[at[2]])
            }
            return [.integer(IntegerTensor(shape: shape, values: values, type: a.type))]
        default: throw .type(input: 2, found: y.type, supported: "the type of input 1, \(x.type)")
        }
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        throw .needsKnownValue(input: operands.values.firstIndex { if case .view? = $0 { true } else { false } } ?? 0)
    }
}
