import Tensor

/// The inputs one after the other along an axis.
struct Concat: Operator {
    let axis: Int

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...4096)
        guard node.has("axis") else { throw .missingAttribute(node: node.name, attribute: "axis") }
        axis = try node.int("axis", default: 0)
    }

    private func shape(_ shapes: [[Int]]) throws(Refusal) -> (shape: [Int], axis: Int) {
        var result = shapes[0]
        let axis = try resolvedAxis(axis, rank: result.count)
        for shape in shapes.dropFirst() {
            var expected = result
            guard shape.count == result.count else { throw .shape("\(shape) and \(result) do not fit") }
            expected[axis] = shape[axis]
            guard shape == expected else { throw .shape("\(shape) and \(result) differ beside axis \(axis)") }
            result[axis] += shape[axis]
        }
        return (result, axis)
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        var literals: [Literal] = []
        for index in 0..<arguments.count { literals.append(try arguments.value(index)) }
        let (shape, axis) = try shape(literals.map(\.shape))
        _ = try arguments.checked(shape)
        if literals[0].type == .float32 {
            var parts: [(values: [Float], shape: [Int])] = []
            for index in literals.indices {
                let tensor = try arguments.float(index)
                parts.append((tensor.values, tensor.shape))
            }
            return [.float(Tensor(shape: shape, values: joined(parts, axis: axis)))]
        }
        var parts: [(values: [Int64], shape: [Int])] = []
        for index in literals.indices {
            let tensor = try arguments.integers(index)
            parts.append((tensor.values, tensor.shape))
        }
        return [.integer(IntegerTensor(shape: shape, values: joined(parts, axis: axis), type: literals[0].type))]
    }

    private func joined<Element>(_ parts: [(values: [Element], shape: [Int])], axis: Int) -> [Element] {
        let outer = parts[0].shape[..<axis].reduce(1, *)
        var result: [Element] = []
        guard parts.contains(where: { !$0.values.isEmpty }) else { return result }
        for index in 0..<outer {
            for part in parts {
                let run = part.values.count / max(outer, 1)
                result += part.values[index * run..<(index + 1) * run]
            }
        }
        return result
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        var views: [View] = []
        for index in 0..<operands.count { views.append(try program.view(operands, index)) }
        let (shape, axis) = try shape(views.map(\.shape))
        let output = try program.allocate(shape, channelsLast: views.contains { !$0.isRowMajor })
        var start = 0
        for view in views {
            program.copy(view, to: output.sliced(axis: axis, from: start, count: view.shape[axis]))
            start += view.shape[axis]
        }
        return [.view(output)]
    }
}

extension View {
    /// `count` entries of an axis from `start`, `step` entries apart.
    func sliced(axis: Int, from start: Int, count: Int, step: Int = 1) -> View {
        var result = self
        if count > 0 { result.place.offset += start * strides[axis] }
        result.shape[axis] = count
        result.strides[axis] *= step
        return result
    }
}
