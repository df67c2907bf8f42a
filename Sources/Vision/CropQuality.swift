import Imaging

/// Light and focus of a cropped face.
public struct CropQuality: Sendable, Hashable {
    /// Mean grey level, 0…255.
    public let brightness: Double
    /// Standard deviation of the grey levels.
    public let contrast: Double
    /// Variance of the Laplacian (4 neighbours) over the inner pixels; 0 for pictures without any.
    public let sharpness: Double

    public init(_ image: GreyImage) {
        var levels = Moments()
        for level in image.pixels { levels.add(Int(level)) }
        var edges = Moments()
        let width = image.width
        image.pixels.withUnsafeBufferPointer { pixels in
            for y in stride(from: 1, to: image.height - 1, by: 1) {
                for at in stride(from: y * width + 1, to: y * width + width - 1, by: 1) {
                    let around = Int(pixels[at - 1]) + Int(pixels[at + 1]) + Int(pixels[at - width])
                    edges.add(around + Int(pixels[at + width]) - 4 * Int(pixels[at]))
                }
            }
        }
        (brightness, contrast, sharpness) = (levels.mean, levels.variance.squareRoot(), edges.variance)
    }

    private struct Moments {
        private var count = 0, sum = 0, squares = 0
        mutating func add(_ value: Int) {
            count += 1
            sum += value
            squares += value * value
        }
        var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }
        var variance: Double { count == 0 ? 0 : max(0, Double(squares) / Double(count) - mean * mean) }
    }
}
