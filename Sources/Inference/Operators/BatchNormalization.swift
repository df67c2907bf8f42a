import Kernels
import Tensor

/// (x − mean) / √(variance + epsilon) · scale + shift for each channel; usually folded into a neighbouring convolution.
struct BatchNormalization: Operator {
    let epsilon: Float

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 5...5, outputs: 5)
        epsilon = try node.float("epsilon", default: 1e-5)
        node.ignore("momentum")
        node.ignore("spatial")
        if try node.flag("training_mode") { throw node.unsupported("training_mode", "only inference is") }
        guard node.outputCount == 1 else { throw .outputCount(node: node.name, found: node.outputCount, supported: 1) }
    }

    /// Per channel: y = x · scale + shift.
    func affine(scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor, channels: Int) throws(Refusal) -> (
        scale: [Float], shift: [Float]
    ) {
        guard [scale, shift, mean, variance].allSatisfy({ $0.shape == [channels] }) else {
            throw .shape("scale, bias, mean and variance must each have \(channels) values")
        }
        let factors = (0..<channels).map {
            Double(scale.values[$0]) / (Double(variance.values[$0]) + Double(epsilon)).squareRoot()
        }
        let shifts = (0..<channels).map { Float(Double(shift.values[$0]) - Double(mean.values[$0]) * factors[$0]) }
        return (factors.map(Float.init), shifts)
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        var input = try arguments.float(0)
        guard input.shape.count >= 2 else { throw .shape("shape \(input.shape) has no channel axis") }
        let channels = input.shape[1]
        let affine = try affine(
            scale: arguments.float(1), shift: arguments.float(2), mean: arguments.float(3),
            variance: arguments.float(4),
            channels: channels)
        let plane = input.shape.dropFirst(2).reduce(1, *)
        for index in input.values.indices {
            let c = index / plane % channels
            input.values[index] = Float(Double(input.values[index]) * Double(affine.scale[c]) + Double(affine.shift[c]))
        }
        return [.float(input)]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let shape = try operands.shape(0)
        guard shape.count >= 2 else { throw .shape("shape \(shape) has no channel axis") }
        var parts: [Tensor] = []
        for index in 1...4 {
            guard let part = try operands.floats(index) else { throw .missing(input: index) }
            parts.append(part)
        }
        let affine = try affine(
            scale: parts[0], shift: parts[1], mean: parts[2], variance: parts[3], channels: shape[1])
        let perChannel = [shape[1]] + Array(repeating: 1, count: shape.count - 2)
        func channels(_ values: [Float]) throws(Refusal) -> View {
            try program.view(.known(.float(Tensor(shape: perChannel, values: values))))
        }
        let scaled = try program.combine(.multiply, program.view(operands, 0), channels(affine.scale))
        return [.view(try program.combine(.add, scaled, channels(affine.shift)))]
    }
}
