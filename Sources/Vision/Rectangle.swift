/// A rectangle by its top left corner and size, in pixels.
public struct Rectangle: Sendable, Hashable {
    public var x, y, width, height: Double
    public init(x: Double, y: Double, width: Double, height: Double) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    public var area: Double { width * height }
    public var centre: SIMD2<Double> { SIMD2(x + width / 2, y + height / 2) }

    /// Area common to both.
    public func overlap(_ other: Rectangle) -> Double {
        let shared = SIMD2(
            min(x + width, other.x + other.width) - max(x, other.x),
            min(y + height, other.y + other.height) - max(y, other.y))
        return shared.x > 0 && shared.y > 0 ? shared.x * shared.y : 0
    }

    /// Intersection over union, 0…1.
    public func iou(_ other: Rectangle) -> Double {
        let shared = overlap(other)
        return shared > 0 ? shared / (area + other.area - shared) : 0
    }
}
