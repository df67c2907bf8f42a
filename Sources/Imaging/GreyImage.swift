/// A grey picture of 8 bits: `pixels[y * width + x]`, 0 black, 255 white.
///
/// Positions are continuous: the picture covers 0…width × 0…height, origin top left, so the centre of pixel (x, y) lies
/// at (x + 0.5, y + 0.5).
public struct GreyImage: Sendable, Hashable {
    public let width, height: Int
    public private(set) var pixels: [UInt8]

    /// `pixels` must hold `width * height` values, both at least 1; another count is a programmer's error.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height, "\(width) × \(height) pixels expected")
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }

    public init(width: Int, height: Int, filledWith level: UInt8) {
        self.init(width: width, height: height, pixels: Array(repeating: level, count: width * height))
    }

    public subscript(_ x: Int, _ y: Int) -> UInt8 {
        get { pixels[y * width + x] }
        set { pixels[y * width + x] = newValue }
    }

    /// The part of `width` × `height` pixels whose top left pixel is (x, y); what lies outside the picture is the nearest
    /// pixel of its border.
    public func cropped(x: Int, y: Int, width: Int, height: Int) -> GreyImage {
        var result = GreyImage(width: width, height: height, filledWith: 0)
        for row in 0..<height {
            let line = min(max(y + row, 0), self.height - 1) * self.width
            for column in 0..<width {
                result.pixels[row * width + column] = pixels[line + min(max(x + column, 0), self.width - 1)]
            }
        }
        return result
    }
}
