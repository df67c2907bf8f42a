/// Arithmetic on shapes, which are plain `[Int]`, outermost axis first.
public enum Shape {
    /// No shape may span more elements, axes of length 0 taken as 1: strides, offsets and lengths then fit the kernels'
    /// 32-bit integers, and no arithmetic on them overflows.
    public static let maximumCount = 1 << 30

    /// The number of elements, nil if an axis is negative or the shape spans more than `maximumCount`.
    public static func count(_ shape: [Int]) -> Int? {
        var span = 1
        var isEmpty = false
        for axis in shape {
            guard axis >= 0, axis <= maximumCount else { return nil }
            if axis == 0 { isEmpty = true } else { span *= axis }
            guard span <= maximumCount else { return nil }
        }
        return isEmpty ? 0 : span
    }

    /// Distances in elements between neighbours along each axis of a dense row-major tensor.
    public static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = Array(repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] &* Swift.max(shape[axis + 1], 1)
        }
        return strides
    }

    /// The shape two operands have together by numpy's broadcasting rule, nil if they do not fit.
    public static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
        let rank = Swift.max(a.count, b.count)
        var result: [Int] = []
        result.reserveCapacity(rank)
        for axis in 0..<rank {
            let x = axis + a.count >= rank ? a[axis + a.count - rank] : 1
            let y = axis + b.count >= rank ? b[axis + b.count - rank] : 1
            guard x == y || x == 1 || y == 1 else { return nil }
            result.append(x == 1 ? y : x)
        }
        return result
    }

    /// `strides` of a tensor of `shape` seen as broadcast to `target`: 0 along every repeated axis.
    public static func broadcastStrides(_ shape: [Int], strides: [Int], to target: [Int]) -> [Int] {
        let lead = target.count - shape.count
        return target.indices.map { axis in
            axis < lead || (shape[axis - lead] == 1 && target[axis] != 1) ? 0 : strides[axis - lead]
        }
    }

    /// Calls `body` with every index tuple of `shape` in row-major order, as offsets under each of `strides`.
    public static func forEachOffset(_ shape: [Int], strides: [[Int]], _ body: ([Int]) -> Void) {
        guard let total = count(shape), total > 0 else { return }
        var index = Array(repeating: 0, count: shape.count)
        var offsets = Array(repeating: 0, count: strides.count)
        for _ in 0..<total {
            body(offsets)
            for axis in shape.indices.reversed() {
                index[axis] += 1
                for k in strides.indices { offsets[k] += strides[k][axis] }
                if index[axis] < shape[axis] { break }
                for k in strides.indices { offsets[k] -= strides[k][axis] * shape[axis] }
                index[axis] = 0
            }
        }
    }
}
