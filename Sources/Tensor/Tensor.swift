/// Float32 numbers with a shape, in row-major order: the last axis varies fastest.
///
/// Pictures and activations are in ONNX's own order, [N, C, H, W].
public struct Tensor: Sendable, Equatable {
    /// The length of each axis; an empty shape is a single number.
    public let shape: [Int]
    /// As many numbers as `shape` has places; change them, not their number.
    public var values: [Float]

    /// `values.count` must equal the product of `shape`.
    public init(shape: [Int], values: [Float]) {
        precondition(Shape.count(shape) == values.count, "\(values.count) values do not fill the shape \(shape)")
        self.shape = shape
        self.values = values
    }

    public init(shape: [Int], repeating value: Float = 0) {
        guard let count = Shape.count(shape) else { preconditionFailure("impossible shape \(shape)") }
        self.shape = shape
        values = Array(repeating: value, count: count)
    }

    public var count: Int { values.count }
}
