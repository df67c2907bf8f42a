import Kernels
import Tensor

/// Entries of an axis by their numbers, which must be known before the run.
struct Gather: Operator {
    let axis: Int

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 2...2)
        axis = try node.int("axis", default: 0)
    }

    private func entries(_ shape: [Int], _ indices: Literal?) throws(Refusal) -> (
        axis: Int, entries: [Int], shape: [Int]
    ) {
        guard case .integer(let tensor)? = indices else {
            throw .type(input: 1, found: .float32, supported: "int64, int32")
        }
        let axis = try resolvedAxis(axis, rank: shape.count)
        var entries: [Int] = []
        for value in tensor.values {
            guard value >= -shape[axis], value < shape[axis] else {
                throw .shape("entry \(value) of an axis of \(shape[axis])")
            }
            entries.append(value < 0 ? Int(value) + shape[axis] : Int(value))
        }
        return (axis, entries, Array(shape[..<axis]) + tensor.shape + Array(shape[(axis + 1)...]))
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.value(0)
        let (axis, entries, shape) = try entries(input.shape, arguments[1])
        let isEmpty = try arguments.checked(shape).contains(0)
        let inner = input.shape[(axis + 1)...].reduce(1, *)
        let outer = input.shape[..<axis].reduce(1, *)
        var places: [Int] = []
        for block in 0..<(isEmpty ? 0 : outer) {
            for entry in entries {
                let start = (block * input.shape[axis] + entry) * inner
                places += start..<start + inner
            }
        }
        switch input {
        case .float(let tensor): return [.float(Tensor(shape: shape, values: places.map { tensor.values[$0] }))]
        case .integer(let tensor):
            return [.integer(IntegerTensor(shape: shape, values: places.map { tensor.values[$0] }, type: tensor.type))]
        }
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let view = try program.view(operands, 0)
        let (axis, entries, shape) = try entries(view.shape, operands.literal(1))
        try program.keep(floats: 2 * entries.count)
        var flat = view.shape
        flat[axis] = entries.count
        let output = try program.allocate(flat)
        let (from, to) = (view.sliced(axis: axis, from: 0, count: 1), output.sliced(axis: axis, from: 0, count: 1))
        let walk = Walk(shape: from.shape, out: to.strides, a: from.strides)
        let (source, target, isa) = (view.strides[axis], output.strides[axis], program.isa)
        program.emit(reads: [view], writes: [output]) { memory in
            for (place, entry) in entries.enumerated() {
                walk.copy(memory[from.place] + entry * source, to: memory[to.place] + place * target, on: isa)
            }
        }
        return [.view(try program.reshape(output, to: checkedShape(shape, limit: program.limits.maximumElements)))]
    }
}
