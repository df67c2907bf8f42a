extension GraphRewriter {
    /// Convolution, then Add of another value: one pass. The later of two convolutions takes the sum.
    mutating func fuseResidual(at index: Int) {
        guard let node = self[index], (node.op as? Arithmetic)?.operation == .add, node.inputs.count == 2,
            node.type == "Add", node.inputs[0] != node.inputs[1]
        else { return }
        let sides = [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])]
        let candidates = sides.compactMap { value, other -> (index: Int, node: Node, conv: Conv, other: String)? in
            guard literal(other) == nil, let producer = soleProducer(of: value), var conv = producer.node.op as? Conv,
                conv.fused == .identity, !conv.hasResidual, !isDepthwise(producer.node, conv)
            else { return nil }
            conv.hasResidual = true
            return (producer.index, producer.node, conv, other)
        }
        guard let chosen = candidates.max(by: { $0.index < $1.index }) else { return }
        var inputs = chosen.node.inputs
        while inputs.count < 3 { inputs.append("") }
        remove(at: chosen.index)
        replace(
            at: index,
            by: Node(
                name: chosen.node.name, type: chosen.node.type, inputs: inputs + [chosen.other], outputs: node.outputs,
                op: chosen.conv))
    }

    private func isDepthwise(_ node: Node, _ conv: Conv) -> Bool {
        conv.groups > 1 && literal(node.inputs[1])?.shape.dropFirst().first == 1
    }
}
