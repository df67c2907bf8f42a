import Tensor

/// The detector's outputs at one stride s for an input of `width` × `height` cells of s × s pixels.
///
/// `score_s` [1, 1, h, w] holds probabilities; `box_s` [1, 4, h, w] the distances left, top, right, bottom from the
/// cell's centre ((x + 0.5) s, (y + 0.5) s) and `points_s` [1, 10, h, w] the offsets x0, y0 … x4, y4 from it, both in
/// units of s.
struct DetectorMaps {
    static let strides = [8, 16, 32]

    let stride, width, height: Int
    private let score, box, points: Tensor

    init(_ outputs: [String: Tensor], stride: Int, inputWidth: Int, inputHeight: Int) throws(VisionError) {
        (self.stride, width, height) = (stride, inputWidth / stride, inputHeight / stride)
        func output(_ name: String, channels: Int) throws(VisionError) -> Tensor {
            let name = "\(name)_\(stride)"
            let expected = [1, channels, inputHeight / stride, inputWidth / stride]
            guard let tensor = outputs[name] else { throw .missingOutput(name: name, found: outputs.keys.sorted()) }
            guard tensor.shape == expected else {
                throw .wrongShape(output: name, found: tensor.shape, expected: expected)
            }
            return tensor
        }
        score = try output("score", channels: 1)
        box = try output("box", channels: 4)
        points = try output("points", channels: 10)
    }

    /// Every cell whose score reaches `threshold`, in pixels of the input; cells with numbers that are not finite are
    /// left out.
    func faces(threshold: Double) -> [DetectedFace] {
        let least = Float(threshold)
        let cells = score.values.withUnsafeBufferPointer { values in values.indices.filter { values[$0] >= least } }
        return cells.compactMap(face)
    }

    private func face(at cell: Int) -> DetectedFace? {
        let count = width * height
        let scale = Double(stride)
        let centre = SIMD2(Double(cell % width) + 0.5, Double(cell / width) + 0.5) * scale
        let sides = (0..<4).map { Double(box.values[$0 * count + cell]) * scale }
        let offsets = (0..<10).map { Double(points.values[$0 * count + cell]) * scale }
        let confidence = Double(score.values[cell])
        guard (sides + offsets + [confidence]).allSatisfy({ abs($0) < 1e6 }), sides[0] + sides[2] > 0,
            sides[1] + sides[3] > 0
        else { return nil }
        return DetectedFace(
            box: Rectangle(
                x: centre.x - sides[0], y: centre.y - sides[1], width: sides[0] + sides[2],
                height: sides[1] + sides[3]),
            points: (0..<5).map { centre + SIMD2(offsets[2 * $0], offsets[2 * $0 + 1]) },
            score: min(confidence, 1))
    }
}
