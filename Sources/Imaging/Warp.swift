/// (x, y) → (a x + b y + tx, c x + d y + ty).
public struct AffineMap: Sendable, Hashable {
    public var a, b, tx, c, d, ty: Double

    public init(a: Double, b: Double, tx: Double, c: Double, d: Double, ty: Double) {
        (self.a, self.b, self.tx, self.c, self.d, self.ty) = (a, b, tx, c, d, ty)
    }

    public func callAsFunction(_ point: SIMD2<Double>) -> SIMD2<Double> {
        SIMD2(a * point.x + b * point.y + tx, c * point.x + d * point.y + ty)
    }

    public var isFinite: Bool { [a, b, tx, c, d, ty].allSatisfy(\.isFinite) }
    /// By how much lengths grow on average.
    public var magnification: Double { abs(a * d - b * c).squareRoot() }

    /// First `self`, then a shift and a magnification.
    public func followed(byScale scale: Double, offset: SIMD2<Double>) -> AffineMap {
        AffineMap(
            a: a * scale, b: b * scale, tx: tx * scale + offset.x, c: c * scale, d: d * scale, ty: ty * scale + offset.y
        )
    }

    /// First a magnification and a shift, then `self`.
    public func preceded(byScale scale: Double, offset: SIMD2<Double>) -> AffineMap {
        let shift = self(offset)
        return AffineMap(a: a * scale, b: b * scale, tx: shift.x, c: c * scale, d: d * scale, ty: shift.y)
    }
}

extension GreyImage {
    /// A picture of `width` × `height` pixels whose point p shows this picture's point `map(p)`; outside, the border is
    /// repeated. `map` must be finite.
    ///
    /// Where the result is smaller than what it shows, the source is first averaged over squares of k × k pixels, k the
    /// rounded magnification of `map`, so that no detail turns into noise; then each pixel is interpolated bilinearly.
    /// The arithmetic is in doubles in a fixed order: `crop.py` gives the same grey levels.
    public func warped(by map: AffineMap, width newWidth: Int, height newHeight: Int) -> GreyImage {
        precondition(map.isFinite, "a finite map")
        let source = BinnedImage(self, shownBy: map, width: newWidth, height: newHeight)
        let pixels = [UInt8](unsafeUninitializedCapacity: newWidth * newHeight) { target, count in
            source.levels.withUnsafeBufferPointer { levels in
                for y in 0..<newHeight {
                    for x in 0..<newWidth {
                        let level = source.level(at: map(SIMD2(Double(x) + 0.5, Double(y) + 0.5)), in: levels)
                        target[y * newWidth + x] = UInt8(level + 0.5)
                    }
                }
            }
            count = newWidth * newHeight
        }
        return GreyImage(width: newWidth, height: newHeight, pixels: pixels)
    }
}

/// The part of a picture that a warp shows, averaged over squares of `bin` × `bin` pixels.
private struct BinnedImage {
    /// The top left corner in pixels of the picture, and the size in squares.
    let left, top, width, height, bin: Int
    let levels: [Double]

    init(_ image: GreyImage, shownBy map: AffineMap, width shownWidth: Int, height shownHeight: Int) {
        let (w, h) = (Double(shownWidth), Double(shownHeight))
        let corners = [SIMD2(0, 0), SIMD2(w, 0), SIMD2(0, h), SIMD2(w, h)].map { map($0) }
        // One picture's width beyond the border shows nothing but the border, so farther corners are brought near.
        func bound(_ value: Double, _ side: Int) -> Int {
            Int(max(-Double(side) - 2, min(2 * Double(side) + 2, value)).rounded(.down))
        }
        let longest = Double(max(image.width, image.height))
        bin = max(1, Int(min(map.magnification.rounded(.toNearestOrAwayFromZero), longest)))
        left = bound(corners.map(\.x).min() ?? 0, image.width) - bin
        top = bound(corners.map(\.y).min() ?? 0, image.height) - bin
        width = (bound(corners.map(\.x).max() ?? 0, image.width) - left) / bin + 2
        height = (bound(corners.map(\.y).max() ?? 0, image.height) - top) / bin + 2
        levels = Self.averages(of: image, left: left, top: top, width: width, height: height, bin: bin)
    }

    /// Row-major averages of the squares; the first one's corner is (left, top), the picture's border is repeated.
    private static func averages(
        of image: GreyImage, left: Int, top: Int, width: Int, height: Int, bin: Int
    ) -> [Double] {
        // Sums down each column of pixels first: that loop is one of vector instructions.
        var columns = [UInt32](repeating: 0, count: width * bin)
        let from = min(max(-left, 0), columns.count)
        let inside = from..<max(from, min(image.width - left, columns.count))
        return [Double](unsafeUninitializedCapacity: width * height) { target, count in
            image.pixels.withUnsafeBufferPointer { pixels in
                columns.withUnsafeMutableBufferPointer { columns in
                    for row in 0..<height {
                        columns.update(repeating: 0)
                        for y in (top + row * bin)..<(top + row * bin + bin) {
                            let line = min(max(y, 0), image.height - 1) * image.width
                            let (first, last) = (UInt32(pixels[line]), UInt32(pixels[line + image.width - 1]))
                            for x in 0..<inside.lowerBound { columns[x] &+= first }
                            for x in inside { columns[x] &+= UInt32(pixels[line &+ left &+ x]) }
                            for x in inside.upperBound..<columns.count { columns[x] &+= last }
                        }
                        for square in 0..<width {
                            var sum = 0
                            for x in (square * bin)..<(square * bin + bin) { sum &+= Int(columns[x]) }
                            target[row * width + square] = Double(sum) / Double(bin * bin)
                        }
                    }
                }
            }
            count = width * height
        }
    }

    /// Bilinear between the centres of the four nearest squares.
    @inline(__always)
    func level(at point: SIMD2<Double>, in levels: UnsafeBufferPointer<Double>) -> Double {
        let u = max(0, min(Double(width - 1), (point.x - Double(left)) / Double(bin) - 0.5))
        let v = max(0, min(Double(height - 1), (point.y - Double(top)) / Double(bin) - 0.5))
        let (x, y) = (min(Int(u), width - 2), min(Int(v), height - 2))
        let (fx, fy) = (u - Double(x), v - Double(y))
        let at = y * width + x
        let above = levels[at] * (1 - fx) + levels[at + 1] * fx
        let below = levels[at + width] * (1 - fx) + levels[at + width + 1] * fx
        return above * (1 - fy) + below * fy
    }
}
