import Tensor

/// The same elements under another shape; 0 keeps an axis (unless `allowzero`), one -1 is worked out.
struct Reshape: Operator {
    let allowsZero: Bool

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 2...2)
        allowsZero = try node.flag("allowzero")
    }

    private func shape(_ input: [Int], _ wish: [Int]?) throws(Refusal) -> [Int] {
        guard let wish else { throw .missing(input: 1) }
        var result = wish
        for axis in wish.indices where wish[axis] == 0 && !allowsZero {
            guard axis < input.count else { throw .shape("0 at axis \(axis) of \(wish) keeps no axis of \(input)") }
            result[axis] = input[axis]
        }
        guard let total = Shape.count(input) else { throw .shape("impossible shape \(input)") }
        if let open = result.firstIndex(of: -1) {
            result[open] = 1
            guard let known = Shape.count(result), known > 0, total % known == 0 else {
                throw .shape("\(input) cannot become \(wish)")
            }
            result[open] = total / known
        }
        guard Shape.count(result) == total else { throw .shape("\(input) cannot become \(wish)") }
        return try checkedShape(result, limit: total)
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.value(0)
        return [input.reshaped(try shape(input.shape, arguments.list(1)))]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let view = try program.view(operands, 0)
        return [.view(try program.reshape(view, to: shape(view.shape, operands.list(1))))]
    }
}

extension Literal {
    /// `shape` must have as many elements.
    func reshaped(_ shape: [Int]) -> Literal {
        switch self {
        case .float(let tensor): .float(Tensor(shape: shape, values: tensor.values))
        case .integer(let tensor): .integer(IntegerTensor(shape: shape, values: tensor.values, type: tensor.type))
        }
    }
}

extension Lowering {
    func reshape(_ view: View, to shape: [Int]) throws(Refusal) -> View {
        View(place: try rowMajor(view).place, shape: shape, strides: Shape.rowMajorStrides(shape))
    }
}
