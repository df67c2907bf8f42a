import Glibc
import Imaging
import Tensor

@testable import Vision

extension GreyImage {
    /// Smooth, so that any good interpolation agrees on it.
    static func waves(_ width: Int, _ height: Int) -> GreyImage {
        var image = GreyImage(width: width, height: height, filledWith: 0)
        for y in 0..<height {
            for x in 0..<width { image[x, y] = UInt8(127 + 60 * sin(Double(x) / 37) + 60 * cos(Double(y) / 23)) }
        }
        return image
    }
}

extension DecodedImage {
    /// What a decoder gives at half the size: means of 2 × 2 pixels.
    static func halved(_ image: GreyImage) -> DecodedImage {
        let small = image.warped(
            by: AffineMap(a: 2, b: 0, tx: 0, c: 0, d: 2, ty: 0), width: image.width / 2, height: image.height / 2)
        return DecodedImage(image: small, fullWidth: image.width, fullHeight: image.height, scale: 2, offset: .zero)
    }
}

/// A network whose outputs a closure makes.
struct MadeUp: Network {
    let outputs: (Tensor) throws -> [String: Tensor]
    func run(_ input: Tensor) throws -> [String: Tensor] { try outputs(input) }
}

/// The detector's outputs for faces at known cells.
struct DetectorScene {
    struct Placed {
        var stride, x, y: Int
        var score: Float
        /// left, top, right, bottom and x0, y0 … in units of the stride.
        var box: [Float]
        var points: [Float]
    }
    var faces: [Placed] = []

    func outputs(for input: Tensor) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for stride in DetectorMaps.strides {
            let (height, width) = (input.shape[2] / stride, input.shape[3] / stride)
            var score = Tensor(shape: [1, 1, height, width])
            var box = Tensor(shape: [1, 4, height, width])
            var points = Tensor(shape: [1, 10, height, width])
            for face in faces where face.stride == stride {
                let cell = face.y * width + face.x
                score.values[cell] = face.score
                for k in 0..<4 { box.values[k * width * height + cell] = face.box[k] }
                for k in 0..<10 { points.values[k * width * height + cell] = face.points[k] }
            }
            result["score_\(stride)"] = score
            result["box_\(stride)"] = box
            result["points_\(stride)"] = points
        }
        return result
    }
}
