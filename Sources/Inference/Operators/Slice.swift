import Tensor

/// Some entries of some axes: starts, ends, axes and steps as inputs since opset 10, as attributes before.
struct Slice: Operator {
    let starts: [Int]?
    let ends: [Int]?
    let axes: [Int]?

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...5)
        let any = Int.min...Int.max
        starts = try node.ints("starts", in: any)
        ends = try node.ints("ends", in: any)
        axes = try node.ints("axes")
    }

    private func ranges(
        _ shape: [Int], starts: [Int]?, ends: [Int]?, axes: [Int]?, steps: [Int]?
    ) throws(Refusal) -> [SliceRange] {
        guard let starts = self.starts ?? starts, let ends = self.ends ?? ends, starts.count == ends.count else {
            throw .shape("starts and ends are missing or differ in number")
        }
        let axes = self.axes ?? axes ?? Array(starts.indices)
        let steps = steps ?? Array(repeating: 1, count: starts.count)
        guard axes.count == starts.count, steps.count == starts.count else {
            throw .shape("axes or steps differ in number")
        }
        var ranges = shape.map { SliceRange(start: 0, step: 1, count: $0) }
        _ = try resolvedAxes(axes, rank: shape.count)
        for (index, given) in axes.enumerated() {
            let axis = try resolvedAxis(given, rank: shape.count)
            guard steps[index] != 0, steps[index] != .min else { throw .shape("a step of \(steps[index])") }
            ranges[axis] = SliceRange(start: starts[index], end: ends[index], step: steps[index], length: shape[axis])
        }
        return ranges
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.value(0)
        return [
            input.sliced(
                try ranges(
                    input.shape, starts: arguments.list(1), ends: arguments.list(2), axes: arguments.list(3),
                    steps: arguments.list(4)))
        ]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        var view = try program.view(operands, 0)
        let ranges = try ranges(
            view.shape, starts: operands.list(1), ends: operands.list(2), axes: operands.list(3),
            steps: operands.list(4))
        for (axis, range) in ranges.enumerated() {
            view = view.sliced(axis: axis, from: range.start, count: range.count, step: range.step)
        }
        return [.view(view)]
    }
}

/// The entries start, start + step, … of an axis, `count` of them, all inside it.
struct SliceRange {
    var start: Int
    var step: Int
    var count: Int

    init(start: Int, step: Int, count: Int) {
        self.start = start
        self.step = step
        self.count = count
    }

    /// Negative bounds count from the end; all are limited to the axis, and with a negative step, other than in Python, to its
    /// first entry at the start and to the place before it at the end (ONNX, Slice). `step` is neither 0 nor `Int.min`.
    init(start: Int, end: Int, step: Int, length: Int) {
        func bound(_ value: Int, _ range: ClosedRange<Int>) -> Int {
            let (moved, _) = value < 0 ? value.addingReportingOverflow(length) : (value, false)
            return min(max(moved, range.lowerBound), range.upperBound)
        }
        self.step = step
        if step > 0 {
            let (first, last) = (bound(start, 0...length), bound(end, 0...length))
            self.start = first
            count = last > first ? (last - first - 1) / step + 1 : 0
        } else if length > 0 {
            let (first, last) = (bound(start, 0...length - 1), bound(end, -1...length - 1))
            self.start = first
            count = first > last ? (first - last - 1) / -step + 1 : 0
        } else {
            (self.start, count) = (0, 0)
        }
        // Nothing is a step away from a single entry: a huge step must not reach the strides.
        if count <= 1 { self.step = 1 }
    }
}

extension Literal {
    /// One range for each axis.
    func sliced(_ ranges: [SliceRange]) -> Literal {
        let strides = Shape.rowMajorStrides(shape)
        let base = zip(ranges, strides).reduce(0) { $0 + $1.0.start * $1.1 }
        return gathered(shape: ranges.map(\.count), strides: zip(ranges, strides).map { $0.step * $1 }, base: base)
    }

    /// The entries of a strided view, in row-major order.
    func gathered(shape: [Int], strides: [Int], base: Int = 0) -> Literal {
        func entries<Element>(_ values: [Element]) -> [Element] {
            var result: [Element] = []
            result.reserveCapacity(Shape.count(shape) ?? 0)
            Shape.forEachOffset(shape, strides: [strides]) { result.append(values[base + $0[0]]) }
            return result
        }
        return switch self {
        case .float(let tensor): .float(Tensor(shape: shape, values: entries(tensor.values)))
        case .integer(let tensor):
            .integer(IntegerTensor(shape: shape, values: entries(tensor.values), type: tensor.type))
        }
    }
}
