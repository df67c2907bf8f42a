import Kernels
import Tensor

/// Where a value lives during a run: a block of the session's arena, or a buffer shared by all sessions.
struct Place: Sendable {
    enum Home: Sendable {
        case arena(block: Int)
        case shared(Buffer)
    }

    var home: Home
    /// In floats from the start of the block or buffer.
    var offset = 0
}

/// A value during a run: ONNX's shape and, for each axis, the floats between neighbours. Any order of the axes in
/// memory, slices and repeated axes are views of the same kind.
struct View: Sendable {
    var place: Place
    var shape: [Int]
    var strides: [Int]

    var count: Int { shape.reduce(1, *) }

    /// The block of the arena that it lies in; nil for what all sessions share.
    var block: Int? { if case .arena(let block) = place.home { block } else { nil } }

    /// Elements follow one another in row-major order.
    var isRowMajor: Bool {
        var expected = 1
        for axis in shape.indices.reversed() where shape[axis] != 1 {
            guard strides[axis] == expected else { return false }
            expected *= shape[axis]
        }
        return true
    }

    /// Elements fill one block without gaps, in whatever order.
    var isCompact: Bool {
        var expected = 1
        for axis in shape.indices.filter({ shape[$0] != 1 }).sorted(by: { strides[$0] < strides[$1] }) {
            guard strides[axis] == expected else { return false }
            expected *= shape[axis]
        }
        return true
    }

    /// Floats between pixels if this [N, C, H, W] value lies in memory as N, H, W, C with rows and pictures dense.
    var pixelStride: Int? {
        guard shape.count == 4, !shape.contains(0) else { return nil }
        let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
        if c > 1, strides[1] != 1 { return nil }
        let stride: Int
        if w > 1 {
            stride = strides[3]
        } else if h > 1 {
            stride = strides[2]
        } else {
            stride = n > 1 ? strides[0] : c
        }
        guard stride >= c, h == 1 || strides[2] == w * stride, n == 1 || strides[0] == h * w * stride else {
            return nil
        }
        return stride
    }

    /// Floats between pixels, channels and pictures if the rows of this [N, C, H, W] value are dense in memory.
    var pixels: (pixel: Int, channel: Int, picture: Int)? {
        guard shape.count == 4, !shape.contains(0) else { return nil }
        if let stride = pixelStride { return (stride, 1, shape[2] * shape[3] * stride) }
        let (h, w) = (shape[2], shape[3])
        let pixel = w > 1 ? strides[3] : h > 1 ? strides[2] : 1
        guard h == 1 || strides[2] == w * pixel, pixel > 0, strides[0] >= 0, strides[1] >= 0 else { return nil }
        return (pixel, strides[1], strides[0])
    }

    static func channelsLastStrides(_ shape: [Int]) -> [Int] {
        let (c, h, w) = (shape[1], shape[2], shape[3])
        return [h * w * c, 1, w * c, c]
    }
}

/// What a node's input is while the program is made: known already, or computed in each run.
enum Operand: Sendable {
    case known(Literal)
    case view(View)

    var shape: [Int] {
        switch self {
        case .known(let literal): literal.shape
        case .view(let view): view.shape
        }
    }
}

/// The operands of one node.
struct Operands {
    let values: [Operand?]
    let node: Node

    var count: Int { values.count }

    subscript(index: Int) -> Operand? { index < values.count ? values[index] : nil }

    func operand(_ index: Int) throws(Refusal) -> Operand {
        guard let value = self[index] else { throw .missing(input: index) }
        return value
    }

    func shape(_ index: Int) throws(Refusal) -> [Int] { try operand(index).shape }

    /// A value that must be known before the run; nil where the input is left out.
    func literal(_ index: Int) throws(Refusal) -> Literal? {
        switch self[index] {
        case nil: return nil
        case .known(let literal): return literal
        case .view: throw .needsKnownValue(input: index)
        }
    }

    func list(_ index: Int) throws(Refusal) -> [Int]? {
        switch try literal(index) {
        case nil: return nil
        case .integer(let tensor): return tensor.values.map { Int($0) }
        case .float: throw .type(input: index, found: .float32, supported: "int64, int32")
        }
    }

    func floats(_ index: Int) throws(Refusal) -> Tensor? {
        switch try literal(index) {
        case nil: return nil
        case .float(let tensor): return tensor
        case .integer(let tensor): throw .type(input: index, found: tensor.type, supported: "float32")
        }
    }
}

extension View {
    /// The axes in another order: axis i of the result is axis `order[i]`.
    func permuted(_ order: [Int]) -> View {
        View(place: place, shape: order.map { shape[$0] }, strides: order.map { strides[$0] })
    }

    func inserting(axis: Int) -> View {
        var result = self
        result.shape.insert(1, at: axis)
        result.strides.insert(axis < strides.count ? strides[axis] * shape[axis] : 1, at: axis)
        return result
    }

    func removing(axis: Int) -> View {
        var result = self
        result.shape.remove(at: axis)
        result.strides.remove(at: axis)
        return result
    }
}
