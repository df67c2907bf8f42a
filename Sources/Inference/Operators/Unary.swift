import Kernels
import Tensor

/// Operators that are a function of one number.
struct Unary: Operator {
    static let names = [
        "Relu", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "HardSigmoid", "HardSwish", "Softplus", "Exp", "Log", "Sqrt",
        "Abs",
        "Neg", "Reciprocal", "Floor", "Ceil", "Round", "Erf",
    ]

    let function: Activation

    init(function: Activation) { self.function = function }

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...1)
        switch node.type {
        case "Relu": function = .relu
        case "Sigmoid": function = .sigmoid
        case "Tanh": function = .tanh
        case "LeakyRelu": function = .leakyRelu(alpha: try node.float("alpha", default: 0.01))
        case "Elu": function = .elu(alpha: try node.float("alpha", default: 1))
        case "HardSigmoid":
            function = .hardSigmoid(
                alpha: try node.float("alpha", default: 0.2), beta: try node.float("beta", default: 0.5))
        case "HardSwish": function = .hardSwish
        case "Softplus": function = .softplus
        case "Exp": function = .exp
        case "Log": function = .log
        case "Sqrt": function = .sqrt
        case "Abs": function = .abs
        case "Neg": function = .affine(scale: -1, shift: 0)
        case "Reciprocal": function = .reciprocal
        case "Floor": function = .floor
        case "Ceil": function = .ceil
        case "Round": function = .round
        case "Erf": function = .erf
        default: throw .unsupportedOperator(node: node.name, type: node.type)
        }
    }

    var activation: Activation? { function }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        var tensor = try arguments.float(0)
        tensor.values = tensor.values.map(function.reference)
        return [.float(tensor)]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        [.view(try program.map(program.view(operands, 0), by: function))]
    }
}

extension Lowering {
    func map(_ view: View, by function: Activation) throws(Refusal) -> View {
        let input = try compact(view)
        let output = try allocate(input.shape, strides: input.strides)
        let (from, to, count, isa) = (input.place, output.place, input.count, isa)
        emit(reads: [input], writes: [output]) { function.apply($0[from], to: $0[to], count: count, on: isa) }
        return output
    }
}
