import Tensor

/// Comparisons and logic, for shape arithmetic: known before the run.
struct Compare: Operator {
    static let names = ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Not"]

    let type: String

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: node.type == "Not" ? 1...1 : 2...2)
        type = node.type
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let a = try arguments.value(0)
        let b = type == "Not" ? a : try arguments.value(1)
        guard let broadcast = Shape.broadcast(a.shape, b.shape) else {
            throw .shape("\(a.shape) and \(b.shape) do not fit")
        }
        let shape = try arguments.checked(broadcast)
        let strides = [a.shape, b.shape].map {
            Shape.broadcastStrides($0, strides: Shape.rowMajorStrides($0), to: shape)
        }
        var values: [Int64] = []
        Shape.forEachOffset(shape, strides: strides) { at in
            let holds: Bool =
                switch (a, b) {
                case (.integer(let x), .integer(let y)): holds(x.values[at[0]], y.values[at[1]])
                case (.float(let x), .float(let y)): holds(x.values[at[0]], y.values[at[1]])
                default: false
                }
            values.append(holds ? 1 : 0)
        }
        guard (a.type == .float32) == (b.type == .float32) else {
            throw .type(input: 1, found: b.type, supported: "the type of input 0, \(a.type)")
        }
        return [.integer(IntegerTensor(shape: shape, values: values, type: .bool))]
    }

    private func holds<Number: Comparable & ExpressibleByIntegerLiteral>(_ x: Number, _ y: Number) -> Bool {
        switch type {
        case "Equal": x == y
        case "Less": x < y
        case "LessOrEqual": x <= y
        case "Greater": x > y
        case "GreaterOrEqual": x >= y
        case "And": x != 0 && y != 0
        case "Or": x != 0 || y != 0
        default: x == 0
        }
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        throw .needsKnownValue(input: operands.values.firstIndex { if case .view? = $0 { true } else { false } } ?? 0)
    }
}
