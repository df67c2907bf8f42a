import Kernels
import Tensor

/// ReduceMean, ReduceSum, ReduceMax, ReduceMin, ReduceProd: axes from the attribute or, since opset 18 (13 for the sum),
/// from an input.
struct Reduce: Operator {
    static let names = ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd"]

    let reduction: Reduction
    let axes: [Int]?
    let keeps: Bool
    let doesNothingWithoutAxes: Bool

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...2)
        reduction =
            switch node.type {
            case "ReduceMean": .mean
            case "ReduceMax": .maximum
            case "ReduceMin": .minimum
            case "ReduceProd": .product
            default: .sum
            }
        axes = try node.ints("axes")
        keeps = try node.flag("keepdims", default: true)
        doesNothingWithoutAxes = try node.flag("noop_with_empty_axes")
    }

    /// Nil where the input is to be left as it is.
    private func axes(_ list: [Int]?, rank: Int) throws(Refusal) -> [Int]? {
        if let given = axes ?? list, !given.isEmpty { return try resolvedAxes(given, rank: rank) }
        return doesNothingWithoutAxes ? nil : Array(0..<rank)
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        if case .integer(let input)? = arguments[0] { return [.integer(try product(of: input, arguments))] }
        let input = try arguments.float(0)
        guard let axes = try axes(arguments.list(1), rank: input.shape.count) else { return [.float(input)] }
        return [.float(try reduced(input, by: reduction, axes: axes, keeps: keeps, limit: arguments.limit))]
    }

    /// Shape arithmetic multiplies all lengths of a shape; that is the one reduction of integers there is.
    private func product(of input: IntegerTensor, _ arguments: Arguments) throws(Refusal) -> IntegerTensor {
        guard reduction == .product, input.shape.count == 1, try axes(arguments.list(1), rank: 1) != nil else {
            throw .type(input: 0, found: input.type, supported: "float32, or the product of a list")
        }
        var product: Int64 = 1
        for value in input.values {
            let (next, overflow) = product.multipliedReportingOverflow(by: value)
            guard !overflow else { throw .shape("the product of \(input.values) overflows") }
            product = next
        }
        return IntegerTensor(shape: keeps ? [1] : [], values: [product], type: input.type)
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let view = try program.view(operands, 0)
        guard let axes = try axes(operands.list(1), rank: view.shape.count) else { return [.view(view)] }
        return [.view(try program.reduce(view, by: reduction, axes: axes, keeps: keeps))]
    }

    /// What is read takes the time.
    func effort(inputs: [[Int]], outputs: [[Int]]) -> Int { 8 * inputs[0].reduce(1, *) + 64 * outputs[0].reduce(1, *) }
}

/// `shape` without `axes`, or with 1 in their place.
private func reducedShape(_ shape: [Int], axes: [Int], keeps: Bool) -> [Int] {
    shape.indices.compactMap { axes.contains($0) ? (keeps ? 1 : nil) : shape[$0] }
}

/// The definition; axes resolved and in order.
func reduced(_ input: Tensor, by reduction: Reduction, axes: [Int], keeps: Bool, limit: Int) throws(Refusal) -> Tensor {
    let strides = Shape.rowMajorStrides(input.shape)
    let kept = input.shape.indices.filter { !axes.contains($0) }
    let shape = try checkedShape(reducedShape(input.shape, axes: axes, keeps: keeps), limit: limit)
    var values: [Float] = []
    Shape.forEachOffset(kept.map { input.shape[$0] }, strides: [kept.map { strides[$0] }]) { start in
        var group: [Float] = []
        Shape.forEachOffset(axes.map { input.shape[$0] }, strides: [axes.map { strides[$0] }]) { offset in
            group.append(input.values[start[0] + offset[0]])
        }
        values.append(reduction.reference(group))
    }
    return Tensor(shape: shape, values: values)
}

extension Lowering {
    func reduce(_ view: View, by reduction: Reduction, axes: [Int], keeps: Bool) throws(Refusal) -> View {
        let output = try allocate(reducedShape(view.shape, axes: axes, keeps: keeps))
        let (from, to, isa) = (view.place, output.place, isa)
        if axes.contains(where: { view.shape[$0] == 0 }) {
            let (nothing, count) = (reduction.reference([]), output.count)
            emit(reads: [], writes: [output]) { $0[to].update(repeating: nothing, count: count) }
            return output
        }
        if reduction == .mean, axes == [2, 3], view.shape.count == 4, let stride = view.pixelStride {
            let (pictures, channels, pixels) = (view.shape[0], view.shape[1], view.shape[2] * view.shape[3])
            emit(reads: [view], writes: [output]) { memory in
                Pooling.globalAverage(
                    pictures: pictures, pixels: pixels, channels: channels, input: memory.pixels(from, stride: stride),
                    output: memory.pixels(to, stride: channels), on: isa)
            }
            return output
        }
        let kept = view.shape.indices.filter { !axes.contains($0) }
        let keptShape = kept.map { view.shape[$0] }
        let outer = Walk(shape: keptShape, out: Shape.rowMajorStrides(keptShape), a: kept.map { view.strides[$0] })
        let gone = axes.map { view.shape[$0] }
        let inner = Walk(shape: gone, out: Shape.rowMajorStrides(gone), a: axes.map { view.strides[$0] })
        emit(reads: [view], writes: [output]) { memory in
            outer.reduce(reduction, over: inner, memory[from], to: memory[to], on: isa)
        }
        return output
    }
}
