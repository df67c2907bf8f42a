import Imaging
import Tensor

/// The second stage: looks once more at each face that the detector proposes, at the picture's full sharpness, judges
/// whether it is one and corrects its points. Owned by one thread, like its network.
public final class FaceRefiner {
    public struct Settings: Sendable, Hashable {
        /// Least confidence with which the detector proposes a face, 0…1.
        public var proposalThreshold: Double
        /// Least confidence of a face, 0…1: the geometric mean of both stages'.
        public var threshold: Double
        public init(proposalThreshold: Double = 0.3, threshold: Double = 0.5) {
            (self.proposalThreshold, self.threshold) = (proposalThreshold, threshold)
        }
    }

    public var settings: Settings
    private let network: any Network

    /// Pixels of either side of the network's input.
    static let side = 64
    /// How much more than `FaceFraming` the input shows, as a factor of its side.
    static let margin = 1.25
    /// As many faces are looked at in one run of the network.
    static let batch = 16

    /// A network: float32 [N, 1, 64, 64], grey levels 0…255, to `score` [N, 1, 1, 1], 0…1, and `points` [N, 10, 1, 1],
    /// x0, y0 … x4, y4 in pixels of the input.
    public init(_ network: any Network, settings: Settings = Settings()) {
        (self.network, self.settings) = (network, settings)
    }

    /// Those of `faces` that are faces, with corrected points, by falling confidence.
    func refine(_ faces: [DetectedFace], in picture: DecodedImage) throws -> [DetectedFace] {
        let proposals = faces.compactMap { face in Self.map(to: face.points).map { (face, $0) } }
        var kept: [DetectedFace] = []
        for start in stride(from: 0, to: proposals.count, by: Self.batch) {
            kept += try look(at: Array(proposals[start..<min(start + Self.batch, proposals.count)]), in: picture)
        }
        return kept.sorted { $0.score > $1.score }
    }

    private func look(
        at proposals: [(face: DetectedFace, map: AffineMap)], in picture: DecodedImage
    ) throws -> [DetectedFace] {
        let crops = proposals.map { _, map in
            let local = map.followed(byScale: 1 / picture.scale, offset: -picture.offset / picture.scale)
            return picture.image.warped(by: local, width: Self.side, height: Self.side)
        }
        let outputs = try network.run(Tensor(crops: crops, side: Self.side))
        let scores = try outputs.values(of: "score", shape: [proposals.count, 1, 1, 1])
        let points = try outputs.values(of: "points", shape: [proposals.count, 10, 1, 1])
        return proposals.indices.compactMap { row in
            var (face, map) = proposals[row]
            face.score = (face.score * Double(scores[row])).squareRoot()
            guard face.score >= settings.threshold else { return nil }
            face.points = (0..<5).map { point in
                map(SIMD2(Double(points[row * 10 + point * 2]), Double(points[row * 10 + point * 2 + 1])))
            }
            return face
        }
    }

    /// From positions in the network's input to positions in the picture; nil where the points are degenerate.
    static func map(to face: [SIMD2<Double>]) -> AffineMap? {
        guard let framing = FaceFraming.map(to: face) else { return nil }
        let middle = Double(FaceFraming.side) / 2
        let scale = middle * margin / (Double(side) / 2)
        let offset = middle - scale * Double(side) / 2
        return framing.preceded(byScale: scale, offset: SIMD2(offset, offset))
    }
}

extension [String: Tensor] {
    /// The values of an output that must have this shape and hold numbers.
    fileprivate func values(of name: String, shape: [Int]) throws -> [Float] {
        guard let output = self[name] else { throw VisionError.missingOutput(name: name, found: keys.sorted()) }
        guard output.shape == shape else {
            throw VisionError.wrongShape(output: name, found: output.shape, expected: shape)
        }
        guard output.values.allSatisfy(\.isFinite) else { throw VisionError.notFinite(output: name) }
        return output.values
    }
}
