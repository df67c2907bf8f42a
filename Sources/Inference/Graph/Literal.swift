import Tensor

/// The element types of ONNX that the engine knows, by their number in `TensorProto.DataType`.
public enum ElementType: Int, Sendable {
    case float32 = 1
    case int32 = 6
    case int64 = 7
    case bool = 9

    public static let supported = "float32, int32, int64, bool"
}

/// Whole numbers (or booleans as 0 and 1) with a shape: what shape arithmetic is made of.
public struct IntegerTensor: Sendable, Equatable {
    public let shape: [Int]
    public var values: [Int64]
    public let type: ElementType

    /// `values.count` must equal the product of `shape`.
    public init(shape: [Int], values: [Int64], type: ElementType = .int64) {
        precondition(Shape.count(shape) == values.count, "\(values.count) values do not fill the shape \(shape)")
        self.shape = shape
        self.values = values
        self.type = type
    }
}

extension IntegerTensor {
    var floats: Tensor { Tensor(shape: shape, values: values.map(Float.init)) }
}

/// A value known before the run: a weight, or the result of shape arithmetic.
public enum Literal: Sendable, Equatable {
    case float(Tensor)
    case integer(IntegerTensor)

    public var shape: [Int] {
        switch self {
        case .float(let tensor): tensor.shape
        case .integer(let tensor): tensor.shape
        }
    }

    public var count: Int {
        switch self {
        case .float(let tensor): tensor.values.count
        case .integer(let tensor): tensor.values.count
        }
    }

    /// Memory in floats; an integer takes two.
    var cost: Int {
        switch self {
        case .float(let tensor): tensor.values.count
        case .integer(let tensor): 2 * tensor.values.count
        }
    }

    public var type: ElementType {
        switch self {
        case .float: .float32
        case .integer(let tensor): tensor.type
        }
    }

    /// The integers of a list such as axes, sizes or pads.
    static func list(_ values: [Int]) -> Literal {
        .integer(IntegerTensor(shape: [values.count], values: values.map(Int64.init)))
    }
}
