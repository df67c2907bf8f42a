import Tensor

/// Another element type; activations are float32 and stay so.
struct Cast: Operator {
    let target: ElementType

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...1)
        guard let number = try node.optionalInt("to") else { throw .missingAttribute(node: node.name, attribute: "to") }
        guard let type = ElementType(rawValue: number) else {
            throw node.unsupported("to", "type \(number); \(ElementType.supported) are")
        }
        target = type
        node.ignore("saturate")
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        switch (try arguments.value(0), target) {
        case (.float(let tensor), .float32): return [.float(tensor)]
        case (.integer(let tensor), .float32):
            return [.float(tensor.floats)]
        case (.float(let tensor), _):
            var values: [Int64] = []
            for value in tensor.values {
                guard let whole = Int64(exactly: value.rounded(.towardZero)) else {
                    throw .shape("\(value) is no integer")
                }
                values.append(target == .bool ? (value == 0 ? 0 : 1) : whole)
            }
            return [.integer(IntegerTensor(shape: tensor.shape, values: values, type: target))]
        case (.integer(let tensor), _):
            let values = tensor.values.map { value -> Int64 in
                return switch target {
                case .bool: value == 0 ? 0 : 1
                case .int32: Int64(Int32(truncatingIfNeeded: value))
                default: value
                }
            }
            return [.integer(IntegerTensor(shape: tensor.shape, values: values, type: target))]
        }
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        guard target == .float32 else { throw .needsKnownValue(input: 0) }
        return [.view(try program.view(operands, 0))]
    }
}
