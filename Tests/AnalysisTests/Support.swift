import Foundation
import Imaging
import TestSupport
import Tensor
import Vision

/// A detector and a classifier whose outputs are made by hand; the classifier counts what it was asked to read.
final class MadeUpNetworks {
    struct Placed {
        /// Box in pixels of the detector's input, which is the picture itself in these tests.
        var x, y, width, height: Float
        var score: Float = 0.9
    }

    var faces: [Placed] = []
    var probabilities: [Float] = [0.05, 0.05, 0.05, 0.6, 0.05, 0.1, 0.1]
    private(set) var crops = 0

    var detector: FaceDetector { FaceDetector(Closure { [unowned self] in self.maps(for: $0) }) }
    var reader: ExpressionReader {
        ExpressionReader(
            Closure { [unowned self] input in
                self.crops += input.shape[0]
                let rows = (0..<input.shape[0]).flatMap { _ in self.probabilities }
                return ["probabilities": Tensor(shape: [input.shape[0], 7], values: rows)]
            })
    }

    private struct Closure: Network {
        let outputs: (Tensor) throws -> [String: Tensor]
        init(_ outputs: @escaping (Tensor) throws -> [String: Tensor]) { self.outputs = outputs }
        func run(_ input: Tensor) throws -> [String: Tensor] { try outputs(input) }
    }

    /// The contract of the detector's outputs: see `DetectorMaps`.
    private func maps(for input: Tensor) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for stride in [8, 16, 32] {
            let (height, width) = (input.shape[2] / stride, input.shape[3] / stride)
            let plane = width * height
            var score = Tensor(shape: [1, 1, height, width])
            var box = Tensor(shape: [1, 4, height, width])
            var points = Tensor(shape: [1, 10, height, width])
            for face in faces where stride == 16 {
                let s = Float(stride)
                let (middleX, middleY) = (face.x + face.width / 2, face.y + face.height / 2)
                let (column, row) = (
                    min(max(Int(middleX / s), 0), width - 1), min(max(Int(middleY / s), 0), height - 1)
                )
                let (cx, cy) = ((Float(column) + 0.5) * s, (Float(row) + 0.5) * s)
                let cell = row * width + column
                score.values[cell] = face.score
                let sides = [cx - face.x, cy - face.y, face.x + face.width - cx, face.y + face.height - cy]
                for k in 0..<4 { box.values[k * plane + cell] = sides[k] / s }
                for (k, point) in FaceFraming.points.enumerated() {
                    let x = face.x + face.width * Float(point.x) / 48
                    let y = face.y + face.height * Float(point.y) / 48
                    points.values[2 * k * plane + cell] = (x - cx) / s
                    points.values[(2 * k + 1) * plane + cell] = (y - cy) / s
                }
            }
            result["score_\(stride)"] = score
            result["box_\(stride)"] = box
            result["points_\(stride)"] = points
        }
        return result
    }
}

enum Frame {
    /// A picture with detail everywhere, as PNG.
    static func png(_ width: Int, _ height: Int, level: (Int, Int) -> Int = { ($0 * 5 + $1 * 3) % 200 + 28 })
        -> [UInt8]
    {
        var image = GreyImage(width: width, height: height, filledWith: 0)
        for y in 0..<height {
            for x in 0..<width { image[x, y] = UInt8(truncatingIfNeeded: level(x, y)) }
        }
        return PNGWriter.encode(image)
    }
}
