import Kernels
import Tensor

extension GraphRewriter {
    /// Convolutions of one value that differ in their weights only become one, whose output channels are theirs one after the
    /// other, where that fills the processor's vectors better.
    mutating func mergeSiblings(at index: Int) {
        guard let node = self[index], let conv = node.op as? Conv, conv.groups == 1, let shape = weightShape(node)
        else {
            return
        }
        let group = readers(of: node.inputs[0]).filter { other in
            guard let sibling = self[other], sibling.inputs[0] == node.inputs[0], let op = sibling.op as? Conv,
                let weights = weightShape(sibling)
            else { return false }
            return op.groups == 1 && op.slidesLike(conv) && weights.dropFirst() == shape.dropFirst()
        }
        merge(group)
    }

    /// Depthwise convolutions of all the outputs of a merged convolution that differ in their weights only become one.
    mutating func mergeDepthwiseSiblings(at index: Int) {
        guard let node = self[index], let conv = node.op as? Conv, !conv.parts.isEmpty else { return }
        var group: [Int] = []
        for (output, count) in zip(node.outputs.dropFirst(), conv.parts) {
            guard let reader = soleReader(of: output), let op = reader.node.op as? Conv, op.groups == count,
                let shape = weightShape(reader.node), shape[0] == count, shape[1] == 1
            else { return }
            group.append(reader.index)
        }
        guard let first = self[group[0]]?.op as? Conv,
            group.allSatisfy({ (self[$0]?.op as? Conv)?.slidesLike(first) == true })
        else { return }
        merge(group, input: node.outputs[0])
    }

    private func weightShape(_ node: Node) -> [Int]? {
        guard let conv = node.op as? Conv, conv.parts.isEmpty, !conv.hasResidual, node.outputs.count == 1,
            node.inputs.count < 3 || node.inputs[2].isEmpty || literal(node.inputs[2]) != nil,
            case .float(let weights)? = literal(node.inputs[1]), weights.shape.count >= 3
        else { return nil }
        return weights.shape
    }

    /// Puts one convolution in the place of the first of `group` in the graph; the group's order is that of their output
    /// channels.
    private mutating func merge(_ group: [Int], input: String? = nil) {
        let nodes = group.compactMap { self[$0] }
        let shapes = nodes.compactMap(weightShape)
        let counts = shapes.map { $0[0] }
        guard let first = nodes.first, var conv = first.op as? Conv, nodes.count > 1, shapes.count == nodes.count,
            shapes.allSatisfy({ $0.dropFirst() == shapes[0].dropFirst() }),
            vectors(counts.reduce(0, +)) < counts.reduce(0, { $0 + vectors($1) }),
            affords(shapes.reduce(0) { $0 + $1.reduce(1, *) })
        else { return }
        var weights: [Float] = []
        var biases: [Float] = []
        for (node, count) in zip(nodes, counts) {
            guard case .float(let tensor)? = literal(node.inputs[1]) else { return }
            weights += tensor.values
            guard node.inputs.count > 2, !node.inputs[2].isEmpty else {
                biases += [Float](repeating: 0, count: count)
                continue
            }
            guard case .float(let bias)? = literal(node.inputs[2]), bias.count == count else { return }
            biases += bias.values
        }
        let total = counts.reduce(0, +)
        if input != nil { conv.groups = total }
        conv.parts = counts
        let names = ["weights", "bias", "output"].map { "\(first.outputs[0])/merged \($0)" }
        define(names[0], .float(Tensor(shape: [total] + shapes[0].dropFirst(), values: weights)))
        define(names[1], .float(Tensor(shape: [total], values: biases)))
        let place = group.min() ?? group[0]
        for index in group where index != place { remove(at: index) }
        replace(
            at: place,
            by: Node(
                name: first.name, type: first.type, inputs: [input ?? first.inputs[0]] + names[0...1],
                outputs: [names[2]] + nodes.flatMap(\.outputs), op: conv))
    }

    /// Vectors of 16 numbers that hold `count`.
    private func vectors(_ count: Int) -> Int { (count + 15) / 16 }
}
