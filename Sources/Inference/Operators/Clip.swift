import Kernels
import Tensor

/// Limits to min…max: attributes until opset 10, inputs since.
struct Clip: Operator {
    let low: Float?
    let high: Float?

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...3)
        low = node.has("min") ? try node.float("min", default: 0) : nil
        high = node.has("max") ? try node.float("max", default: 0) : nil
    }

    /// The function with bounds from the inputs, each nil where left out.
    func function(low first: Tensor?, high second: Tensor?) throws(Refusal) -> Activation {
        for bound in [first, second].compactMap(\.self) where bound.values.count != 1 {
            throw .shape("a bound of shape \(bound.shape) is not a single number")
        }
        return .clip(first?.values[0] ?? low ?? -.infinity, second?.values[0] ?? high ?? .infinity)
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        var tensor = try arguments.float(0)
        let function = try function(
            low: arguments[1] == nil ? nil : arguments.float(1), high: arguments[2] == nil ? nil : arguments.float(2))
        tensor.values = tensor.values.map(function.reference)
        return [.float(tensor)]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let function = try function(low: operands.floats(1), high: operands.floats(2))
        return [.view(try program.map(program.view(operands, 0), by: function))]
    }
}
