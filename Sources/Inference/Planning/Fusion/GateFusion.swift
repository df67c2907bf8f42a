import Kernels

extension GraphRewriter {
    /// x · Sigmoid(x) becomes SiLU, x · HardSigmoid(x) with 1/6 and 1/2 becomes HardSwish.
    mutating func fuseGate(at index: Int) {
        guard let node = self[index], (node.op as? Arithmetic)?.operation == .multiply, node.inputs.count == 2 else {
            return
        }
        for (gate, value) in [(node.inputs[1], node.inputs[0]), (node.inputs[0], node.inputs[1])] {
            guard let producer = soleProducer(of: gate), producer.node.inputs == [value],
                let function = (producer.node.op as? Unary)?.function, let fused = gated(function)
            else { continue }
            remove(at: producer.index)
            replace(
                at: index,
                by: Node(
                    name: node.name, type: fused == .silu ? "SiLU" : "HardSwish", inputs: [value],
                    outputs: node.outputs,
                    op: Unary(function: fused)))
            return
        }
    }

    private func gated(_ function: Activation) -> Activation? {
        switch function {
        case .sigmoid: return .silu
        case .hardSigmoid(let alpha, let beta):
            return abs(alpha - 1 / 6) < 1e-6 && abs(beta - 0.5) < 1e-6 ? .hardSwish : nil
        default: return nil
        }
    }
}
