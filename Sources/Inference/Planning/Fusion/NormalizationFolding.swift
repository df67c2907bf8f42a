import Kernels
import Tensor

extension GraphRewriter {
    /// A batch normalization becomes part of the convolution before it or, where that has other readers or there is
    /// none and if `ahead`, of an unpadded convolution behind it.
    mutating func foldNormalization(at index: Int, ahead: Bool) {
        guard let node = self[index], let norm = node.op as? BatchNormalization, node.inputs.count == 5 else { return }
        var parts: [Tensor] = []
        for name in node.inputs.dropFirst() {
            guard case .float(let tensor)? = literal(name) else { return }
            parts.append(tensor)
        }
        let channels = parts[0].count
        func affine() -> (scale: [Float], shift: [Float])? {
            try? norm.affine(
                scale: parts[0], shift: parts[1], mean: parts[2], variance: parts[3], channels: channels)
        }
        if let before = soleProducer(of: node.inputs[0]), let weights = convolutionWeights(before.node),
            weights.shape[0] == channels, let bias = bias(before.node, count: weights.shape[0]),
            let affine = affine(), affords(weights.count)
        {
            let scaled = scaledOutputs(weights, bias, affine)
            remove(at: before.index)
            replace(
                at: index,
                by: convolution(before.node, weights: scaled.weights, bias: scaled.bias, output: node.outputs[0]))
        } else if ahead, let after = soleReader(of: node.outputs[0]), after.node.inputs[0] == node.outputs[0],
            let weights = convolutionWeights(after.node), let conv = after.node.op as? Conv, conv.groups == 1,
            conv.attributes.padding == .explicit(before: Window.Pair(0, 0), after: Window.Pair(0, 0)),
            weights.shape[1] == channels, let bias = bias(after.node, count: weights.shape[0]),
            let affine = affine(), affords(weights.count)
        {
            let folded = scaledInputs(weights, bias, affine)
            var changed = convolution(
                after.node, weights: folded.weights, bias: folded.bias, output: after.node.outputs[0])
            changed.inputs[0] = node.inputs[0]
            remove(at: index)
            replace(at: after.index, by: changed)
        }
    }

    private func convolutionWeights(_ node: Node) -> Tensor? {
        guard let conv = node.op as? Conv, conv.fused == .identity, !conv.hasResidual,
            case .float(let weights)? = literal(node.inputs[1]),
            weights.shape.count >= 3
        else { return nil }
        return weights
    }

    /// The bias, zeros where there is none; nil if it is computed or does not fit.
    private func bias(_ node: Node, count: Int) -> [Float]? {
        guard node.inputs.count > 2, !node.inputs[2].isEmpty else { return Array(repeating: 0, count: count) }
        guard case .float(let tensor)? = literal(node.inputs[2]), tensor.count == count else { return nil }
        return tensor.values
    }

    private func scaledOutputs(
        _ weights: Tensor, _ bias: [Float], _ affine: (scale: [Float], shift: [Float])
    ) -> (weights: Tensor, bias: [Float]) {
        var result = weights
        let row = weights.count / max(weights.shape[0], 1)
        for index in result.values.indices { result.values[index] *= affine.scale[index / row] }
        return (result, bias.indices.map { affine.shift[$0] + bias[$0] * affine.scale[$0] })
    }

    private func scaledInputs(
        _ weights: Tensor, _ bias: [Float], _ affine: (scale: [Float], shift: [Float])
    ) -> (weights: Tensor, bias: [Float]) {
        var result = weights
        let (channels, taps) = (weights.shape[1], weights.shape.dropFirst(2).reduce(1, *))
        var sums = bias.map(Double.init)
        for index in weights.values.indices {
            let c = index / taps % channels
            sums[index / (taps * channels)] += Double(weights.values[index]) * Double(affine.shift[c])
            result.values[index] *= affine.scale[c]
        }
        return (result, sums.map(Float.init))
    }

    /// `node` with other weights and bias, defined under names of their own.
    private mutating func convolution(_ node: Node, weights: Tensor, bias: [Float], output: String) -> Node {
        let names = ["\(output)/folded weights", "\(output)/folded bias"]
        define(names[0], .float(weights))
        define(names[1], .float(Tensor(shape: [bias.count], values: bias)))
        return Node(
            name: node.name, type: node.type, inputs: [node.inputs[0]] + names, outputs: [output], op: node.op)
    }
}
