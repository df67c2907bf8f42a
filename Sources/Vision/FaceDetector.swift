import Imaging
import Tensor

/// Finds the faces of a picture with their five points. Owned by one thread, like its network.
public final class FaceDetector {
    public struct Settings: Sendable, Hashable {
        /// Least confidence of a face, 0…1.
        public var threshold: Double
        /// Two faces that overlap by more than this (intersection over union) are one.
        public var overlap: Double
        public init(threshold: Double = 0.5, overlap: Double = 0.4) {
            (self.threshold, self.overlap) = (threshold, overlap)
        }
    }

    public var settings: Settings
    private let network: any Network
    private let refiner: FaceRefiner?

    /// Both sides of the network's input are multiples of this.
    static let step = 32
    /// Fills the input to the next step on the right and below; the same grey as in training.
    static let padding: Float = 128
    /// No more cells than this are compared with each other, the most confident ones.
    static let mostCandidates = 1000

    /// - Parameter refiner: the second stage, which then decides what is a face.
    public init(_ network: any Network, settings: Settings = Settings(), refiner: FaceRefiner? = nil) {
        (self.network, self.settings, self.refiner) = (network, settings, refiner)
    }

    /// For pictures of several people: faces are small in them, and more are found in an enlarged picture.
    public static let groupEnlargement = 1.25

    /// The faces of a picture by falling confidence, in pixels of its upright full size.
    /// - Parameters:
    ///   - longSide: a picture whose longer side has more pixels is shrunk to it before the search. The detector finds
    ///     faces from about 16 pixels on, at this size.
    ///   - enlargement: a smaller picture is enlarged to `longSide`, by at most this factor.
    public func detect(_ picture: DecodedImage, longSide: Int, enlargement: Double = 1) throws -> [DetectedFace] {
        let picture = picture.brightened()
        let image = picture.image
        let scale = min(enlargement, Double(longSide) / Double(max(image.width, image.height)))
        let width = max(1, Int((Double(image.width) * scale).rounded()))
        let height = max(1, Int((Double(image.height) * scale).rounded()))
        let input = Self.input(image.resized(width: width, height: height))
        let outputs = try network.run(input)
        let threshold = refiner?.settings.proposalThreshold ?? settings.threshold
        var candidates: [DetectedFace] = []
        for stride in DetectorMaps.strides {
            let maps = try DetectorMaps(
                outputs, stride: stride, inputWidth: input.shape[3], inputHeight: input.shape[2])
            candidates += maps.faces(threshold: threshold)
        }
        if candidates.count > Self.mostCandidates {
            candidates = Array(candidates.sorted { $0.score > $1.score }.prefix(Self.mostCandidates))
        }
        let back = SIMD2(Double(image.width) / Double(width), Double(image.height) / Double(height))
        let faces = candidates.suppressed(overlap: settings.overlap).map { $0.mapped { picture.toFull($0 * back) } }
        return try refiner?.refine(faces, in: picture) ?? faces
    }

    /// Runs both stages once on a picture of 4 to 3, the second on a face that is none.
    public func warmUp(longSide: Int) throws {
        let picture = DecodedImage(GreyImage(width: longSide, height: longSide * 3 / 4, filledWith: 128))
        _ = try detect(picture, longSide: longSide)
        let side = Double(FaceFraming.side)
        let nobody = DetectedFace(
            box: Rectangle(x: 0, y: 0, width: side, height: side), points: FaceFraming.points, score: 1)
        _ = try refiner?.refine([nobody], in: picture)
    }

    /// [1, 1, H, W] with grey levels 0…255, H and W the next multiples of 32.
    static func input(_ image: GreyImage) -> Tensor {
        let width = (image.width + step - 1) / step * step
        let height = (image.height + step - 1) / step * step
        let values = [Float](unsafeUninitializedCapacity: width * height) { target, count in
            target.initialize(repeating: padding)
            image.pixels.withUnsafeBufferPointer { pixels in
                guard let target = target.baseAddress, let pixels = pixels.baseAddress else { return }
                for y in 0..<image.height {
                    let (line, source) = (target + y * width, pixels + y * image.width)
                    for x in 0..<image.width { line[x] = Float(source[x]) }
                }
            }
            count = width * height
        }
        return Tensor(shape: [1, 1, height, width], values: values)
    }
}
