import Tensor

/// One number repeated over a shape that is known before the run.
struct ConstantOfShape: Operator {
    let value: Literal

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...1)
        value = try node.literal("value") ?? .float(Tensor(shape: [1], values: [0]))
        guard value.count == 1 else { throw node.bad("value", "is not a single number") }
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let shape = try arguments.checked(arguments.list(0) ?? [])
        return [value.reshaped([]).gathered(shape: shape, strides: shape.map { _ in 0 })]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        throw .needsKnownValue(input: 0)
    }
}
