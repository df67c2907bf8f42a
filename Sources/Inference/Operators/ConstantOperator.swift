import Tensor

/// Constant: a value written in the graph.
struct ConstantOperator: Operator {
    let value: Literal

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 0...0)
        if let literal = try node.literal("value") {
            value = literal
        } else if node.has("value_float") {
            value = .float(Tensor(shape: [], values: [try node.float("value_float", default: 0)]))
        } else if let values = try node.floats("value_floats") {
            value = .float(Tensor(shape: [values.count], values: values))
        } else if node.has("value_int") {
            let number = try node.int("value_int", default: 0, in: Int.min...Int.max)
            value = .integer(IntegerTensor(shape: [], values: [Int64(number)]))
        } else if let values = try node.ints("value_ints", in: Int.min...Int.max) {
            value = .list(values)
        } else {
            throw .missingAttribute(node: node.name, attribute: "value")
        }
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] { [value] }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] { [.known(value)] }
}
