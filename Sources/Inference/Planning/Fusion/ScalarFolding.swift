import Kernels
import Tensor

extension GraphRewriter {
    /// Arithmetic with one known number becomes `x · scale + shift`, and a chain of it one node; a Clip with known bounds
    /// becomes a function of one number.
    mutating func foldScalars(at index: Int) {
        guard let node = self[index], var (input, function) = function(of: node) else { return }
        if case .affine(let scale, let shift) = function, let before = soleProducer(of: input),
            case .affine(let innerScale, let innerShift)? = (before.node.op as? Unary)?.function
        {
            function = .affine(scale: scale * innerScale, shift: scale * innerShift + shift)
            input = before.node.inputs[0]
            remove(at: before.index)
        }
        replace(
            at: index,
            by: Node(
                name: node.name, type: node.type, inputs: [input], outputs: node.outputs, op: Unary(function: function))
        )
    }

    private func function(of node: Node) -> (input: String, function: Activation)? {
        if let clip = node.op as? Clip {
            var tensors: [Tensor?] = []
            for name in node.inputs.dropFirst() {
                if name.isEmpty {
                    tensors.append(nil)
                } else if case .float(let tensor)? = literal(name) {
                    tensors.append(tensor)
                } else {
                    return nil
                }
            }
            let function = try? clip.function(low: tensors.first ?? nil, high: tensors.dropFirst().first ?? nil)
            return function.map { (node.inputs[0], $0) }
        }
        guard let arithmetic = node.op as? Arithmetic, node.inputs.count == 2, !arithmetic.isModulo else { return nil }
        let (a, b) = (node.inputs[0], node.inputs[1])
        // A known number of shape [1] would give a single computed number an axis; it cannot change a larger shape.
        if let number = scalar(b), literal(b)?.shape.isEmpty == true || hasAxes(a) {
            switch arithmetic.operation {
            case .add: return (a, .affine(scale: 1, shift: number))
            case .subtract: return (a, .affine(scale: 1, shift: -number))
            case .multiply: return (a, .affine(scale: number, shift: 0))
            case .divide:
                guard divisorsFold || hasExactReciprocal(number) else { return nil }
                return (a, .affine(scale: 1 / number, shift: 0))
            default: return nil
            }
        }
        if let number = scalar(a), literal(a)?.shape.isEmpty == true || hasAxes(b) {
            switch arithmetic.operation {
            case .add: return (b, .affine(scale: 1, shift: number))
            case .subtract: return (b, .affine(scale: -1, shift: number))
            case .multiply: return (b, .affine(scale: number, shift: 0))
            default: return nil
            }
        }
        return nil
    }

    /// Whether x / number is x · (1 / number) to the last bit, save where the result is subnormal.
    private func hasExactReciprocal(_ number: Float) -> Bool {
        number.significand == 1 && number.isNormal && (1 / number).isNormal
    }

    /// Whether `value` surely has at least one axis; long chains are not followed to their start.
    private func hasAxes(_ value: String) -> Bool {
        var value = value
        for _ in 0..<64 {
            guard let node = producer(of: value) else { break }
            guard node.op is Unary else {
                return node.op is Conv || node.op is BatchNormalization || node.op is Pool || node.op is Gemm
            }
            value = node.inputs[0]
        }
        return inputsWithAxes.contains(value)
    }
}
