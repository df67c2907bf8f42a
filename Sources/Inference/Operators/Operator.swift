import Kernels
import Tensor

/// One ONNX operator with its attributes read.
///
/// `evaluate` is the definition, in ONNX's own order and by the reference kernels; it also computes what is known when
/// the graph is planned. `lower` says the same as steps over the arena, by the fast kernels.
protocol Operator: Sendable {
    init(_ node: NodeReader) throws(GraphError)

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal]

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand]

    /// False where computing ahead of the run would cost more than it is worth, as for products of large weights.
    var folds: Bool { get }

    /// The function of one number that this operator is, if it is one: it can end the pass of the product before it.
    var activation: Activation? { get }

    /// Multiplications and additions of one run with these shapes, counted as pairs.
    func multiplyAdds(inputs: [[Int]], outputs: [[Int]]) -> Int

    /// About as many multiply-adds as would take the time of one run: what `PlanLimits.effort` bounds.
    func effort(inputs: [[Int]], outputs: [[Int]]) -> Int
}

extension Operator {
    var folds: Bool { true }
    var activation: Activation? { nil }
    func multiplyAdds(inputs: [[Int]], outputs: [[Int]]) -> Int { 0 }
    /// A number that is written costs as much time as some 64 multiply-adds.
    func effort(inputs: [[Int]], outputs: [[Int]]) -> Int {
        outputs.reduce(multiplyAdds(inputs: inputs, outputs: outputs)) { $0 + 64 * $1.reduce(1, *) }
    }
}

/// Why an operator cannot take its inputs; the caller knows the node and makes it a `GraphError`.
enum Refusal: Error, Equatable {
    case shape(String)
    case type(input: Int, found: ElementType, supported: String)
    case needsKnownValue(input: Int)
    case missing(input: Int)
    case tooLarge(String, limit: Int)

    func error(node: Node) -> GraphError {
        switch self {
        case .shape(let detail): .badShape(node: node.name, detail: detail)
        case .type(let input, let found, let supported):
            .unsupportedType(
                name: "input \(input) of \(node.type) '\(node.name)'", type: "\(found)", supported: supported)
        case .needsKnownValue(let input): .needsKnownValue(node: node.name, input: input)
        case .missing(let input): .badShape(node: node.name, detail: "input \(input) is missing")
        case .tooLarge(let what, let limit): .tooLarge(node: node.name, what: what, limit: limit)
        }
    }
}

/// The values an operator is evaluated on; `limit` bounds the elements of each result.
struct Arguments {
    let values: [Literal?]
    let limit: Int

    var count: Int { values.count }

    subscript(index: Int) -> Literal? { index < values.count ? values[index] : nil }

    func value(_ index: Int) throws(Refusal) -> Literal {
        guard let value = self[index] else { throw .missing(input: index) }
        return value
    }

    func float(_ index: Int) throws(Refusal) -> Tensor {
        guard case .float(let tensor) = try value(index) else {
            throw .type(input: index, found: try value(index).type, supported: "float32")
        }
        return tensor
    }

    func integers(_ index: Int) throws(Refusal) -> IntegerTensor {
        guard case .integer(let tensor) = try value(index) else {
            throw .type(input: index, found: .float32, supported: "int64, int32")
        }
        return tensor
    }

    /// A list of axes, sizes or the like, nil where the input is left out.
    func list(_ index: Int) throws(Refusal) -> [Int]? {
        guard self[index] != nil else { return nil }
        return try integers(index).values.map { Int($0) }
    }

    func checked(_ shape: [Int]) throws(Refusal) -> [Int] { try checkedShape(shape, limit: limit) }
}

/// `shape`, if its elements number at most `limit`.
func checkedShape(_ shape: [Int], limit: Int) throws(Refusal) -> [Int] {
    guard shape.count <= Graph.maximumRank else { throw .tooLarge("\(shape.count) axes", limit: Graph.maximumRank) }
    guard let count = Shape.count(shape) else { throw .shape("impossible shape \(shape)") }
    guard count <= limit else { throw .tooLarge("\(count) elements of shape \(shape)", limit: limit) }
    return shape
}

/// `axis` counted from the front; negative ones count from the end, as everywhere in ONNX.
func resolvedAxis(_ axis: Int, rank: Int) throws(Refusal) -> Int {
    guard axis >= -rank, axis < rank else { throw .shape("axis \(axis) of \(rank) axes") }
    return axis < 0 ? axis + rank : axis
}

func resolvedAxes(_ axes: [Int], rank: Int) throws(Refusal) -> [Int] {
    var result: [Int] = []
    for axis in axes {
        let resolved = try resolvedAxis(axis, rank: rank)
        guard !result.contains(resolved) else { throw .shape("axis \(axis) is given twice") }
        result.append(resolved)
    }
    return result.sorted()
}
