import CKernels
import Glibc

/// A walk over a shape in which each operand has strides of its own (0 repeats an axis): what broadcasting, transposing,
/// slicing and concatenating have in common. Axes that can be walked as one are joined.
public struct Walk: @unchecked Sendable {
    public let count: Int
    private var code = ck_walk()

    /// At most `CK_MAX_RANK` axes; `b` may be empty.
    public init(shape: [Int], out: [Int], a: [Int], b: [Int] = []) {
        count = shape.reduce(1, *)
        var axes: [(length: Int, out: Int, a: Int, b: Int)] = []
        for axis in shape.indices where shape[axis] != 1 {
            let next = (length: shape[axis], out: out[axis], a: a[axis], b: b.isEmpty ? 0 : b[axis])
            if let last = axes.last, last.out == next.out * next.length, last.a == next.a * next.length,
                last.b == next.b * next.length
            {
                axes[axes.count - 1] = (last.length * next.length, next.out, next.a, next.b)
            } else {
                axes.append(next)
            }
        }
        if axes.isEmpty { axes = [(1, 1, 1, 1)] }
        precondition(axes.count <= Int(CK_MAX_RANK), "more axes than a walk can take")
        code.rank = Int32(axes.count)
        withUnsafeMutablePointer(to: &code) { code in
            for (index, axis) in axes.enumerated() {
                Walk.set(&code.pointee.shape, index, axis.length)
                Walk.set(&code.pointee.out, index, axis.out)
                Walk.set(&code.pointee.a, index, axis.a)
                Walk.set(&code.pointee.b, index, axis.b)
            }
        }
    }

    /// Writes one element of a C array, which Swift sees as a tuple.
    private static func set<Tuple>(_ tuple: inout Tuple, _ index: Int, _ value: Int) {
        withUnsafeMutableBytes(of: &tuple) {
            $0.storeBytes(of: value, toByteOffset: index * MemoryLayout<Int>.stride, as: Int.self)
        }
    }

    public func copy(
        _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, on isa: InstructionSet = .preferred
    ) {
        guard count > 0 else { return }
        withUnsafePointer(to: code) { ck_copy(isa.code, $0, source, target) }
    }

    public func combine(
        _ operation: BinaryOperation, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        to target: UnsafeMutablePointer<Float>, on isa: InstructionSet = .preferred
    ) {
        guard count > 0 else { return }
        withUnsafePointer(to: code) { ck_binary(isa.code, operation.code, $0, a, b, target) }
    }

    /// `self` walks the results (`a` in the input, `out` in the target), `reduced` the numbers that become one.
    public func reduce(
        _ reduction: Reduction, over reduced: Walk, _ source: UnsafePointer<Float>,
        to target: UnsafeMutablePointer<Float>, on isa: InstructionSet = .preferred
    ) {
        guard count > 0, reduced.count > 0 else { return }
        withUnsafePointer(to: code) { kept in
            withUnsafePointer(to: reduced.code) { ck_reduce(isa.code, reduction.code, kept, $0, source, target) }
        }
    }
}

public enum BinaryOperation: Sendable, Hashable, CaseIterable {
    case add, subtract, multiply, divide, minimum, maximum, power
    /// a, or a · b where a is below zero.
    case prelu

    public func reference(_ a: Float, _ b: Float) -> Float {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .minimum: a.isNaN || b.isNaN ? .nan : Swift.min(a, b)
        case .maximum: a.isNaN || b.isNaN ? .nan : Swift.max(a, b)
        case .power: Float(pow(Double(a), Double(b)))
        case .prelu: a < 0 ? a * b : a
        }
    }

    var code: ck_binary_operation {
        switch self {
        case .add: CK_ADD
        case .subtract: CK_SUB
        case .multiply: CK_MUL
        case .divide: CK_DIV
        case .minimum: CK_MIN
        case .maximum: CK_MAX
        case .power: CK_POW
        case .prelu: CK_PRELU
        }
    }
}

public enum Reduction: Sendable, Hashable, CaseIterable {
    case sum, mean, maximum, minimum, product

    /// In double precision; of no numbers the neutral element, NaN for the mean.
    public func reference(_ values: [Float]) -> Float {
        switch self {
        case .sum: Float(values.reduce(0) { $0 + Double($1) })
        case .mean: Float(values.reduce(0) { $0 + Double($1) } / Double(values.count))
        case .maximum: values.contains(where: \.isNaN) ? .nan : values.max() ?? -.infinity
        case .minimum: values.contains(where: \.isNaN) ? .nan : values.min() ?? .infinity
        case .product: Float(values.reduce(1) { $0 * Double($1) })
        }
    }

    var code: ck_reduction {
        switch self {
        case .sum: CK_SUM
        case .mean: CK_MEAN
        case .maximum: CK_REDUCE_MAX
        case .minimum: CK_REDUCE_MIN
        case .product: CK_PRODUCT
        }
    }
}
