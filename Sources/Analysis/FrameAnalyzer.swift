import Concentration
import Imaging
import Vision

/// Turns the bytes of a frame into a reading. Owned by one worker thread, like the networks in it.
///
/// Errors are `ImageError` for what the client sent; anything else is a fault of the networks.
public final class FrameAnalyzer {
    public let settings: AnalysisSettings
    private let detector: FaceDetector
    private let reader: ExpressionReader

    public init(detector: FaceDetector, reader: ExpressionReader, settings: AnalysisSettings = AnalysisSettings()) {
        (self.detector, self.reader, self.settings) = (detector, reader, settings)
    }

    /// Runs every network once, so that the first frame does not wait for their preparation.
    public func warmUp() throws {
        try detector.warmUp(longSide: settings.frameLongSide)
        _ = try reader.read([GreyImage(width: FaceFraming.side, height: FaceFraming.side, filledWith: 128)])
    }

    /// The reading of one student's frame.
    /// - Parameter cropped: the picture is a face already, as a client may send it; nothing is detected.
    public func analyze(
        _ bytes: [UInt8], mode: AnalysisMode = .expression, cropped: Bool = false
    ) throws -> (FrameReading, Timing) {
        var watch = Stopwatch()
        if cropped { return try analyzeCropped(bytes, mode, &watch) }
        let picture = try watch.time(\.decode) {
            try ImageDecoder.decode(bytes, limits: settings.limits, longSideAtLeast: settings.frameLongSide)
        }
        let faces = try watch.time(\.detect) { try detector.detect(picture, longSide: settings.frameLongSide) }
        let choice = FaceChoice(
            faces, width: picture.fullWidth, height: picture.fullHeight,
            severalFacesShare: settings.severalFacesShare)
        guard let choice else {
            let nothing = FrameReading(
                status: .noFace, reasons: [.noFace], face: nil, expressions: nil,
                concentration: settings.rule(for: mode).unknown())
            return (nothing, watch.timing)
        }
        let sharp = try watch.time(\.decode) { try enlarged(picture, of: bytes, for: [choice.student]) }
        var reading = try watch.time(\.classify) {
            try read([choice.student], in: sharp, mode, unread: choice.isContested)[0]
        }
        if choice.isContested {
            reading.status = .severalFaces
            reading.reasons.insert(.severalFaces, at: 0)
        }
        return (reading, watch.timing)
    }

    /// A reading for each face of a picture with several people, from left to right.
    public func analyzeGroup(
        _ bytes: [UInt8], mode: AnalysisMode = .expression
    ) throws -> ([FrameReading], Timing) {
        var watch = Stopwatch()
        let picture = try watch.time(\.decode) {
            try ImageDecoder.decode(bytes, limits: settings.limits, longSideAtLeast: settings.groupLongSide)
        }
        let found = try watch.time(\.detect) {
            try detector.detect(
                picture, longSide: settings.groupLongSide, enlargement: FaceDetector.groupEnlargement)
        }
        let faces = found.sorted { $0.box.area > $1.box.area }.prefix(settings.mostGroupFaces)
            .sorted { $0.box.centre.x < $1.box.centre.x }
        let sharp = try watch.time(\.decode) { try enlarged(picture, of: bytes, for: faces) }
        let readings = try watch.time(\.classify) { try read(faces, in: sharp, mode) }
        return (readings, watch.timing)
    }

    /// The picture, decoded again at a larger scale if the smallest of `faces` has too few pixels in it.
    private func enlarged(_ picture: DecodedImage, of bytes: [UInt8], for faces: [DetectedFace]) throws -> DecodedImage
    {
        guard picture.scale > 1, let least = faces.map(\.box.height).min() else { return picture }
        let wanted = Double(settings.cropFaceHeight)
        guard least / picture.scale < wanted else { return picture }
        let long = max(picture.fullWidth, picture.fullHeight)
        let side = Double(long) * min(1, wanted / max(least, 1))
        return try ImageDecoder.decode(bytes, limits: settings.limits, longSideAtLeast: Int(side.rounded(.up)))
    }

    /// Crops, judges and, unless `unread`, classifies faces of a picture.
    private func read(
        _ faces: [DetectedFace], in picture: DecodedImage, _ mode: AnalysisMode, unread: Bool = false
    ) throws -> [FrameReading] {
        let views = faces.map { FaceView($0, in: picture, rule: settings.rule(for: mode)) }
        return try finish(views, mode, unread: unread)
    }

    private func analyzeCropped(
        _ bytes: [UInt8], _ mode: AnalysisMode, _ watch: inout Stopwatch
    ) throws -> (FrameReading, Timing) {
        let picture = try watch.time(\.decode) {
            try ImageDecoder.decode(bytes, limits: settings.limits, shortSideAtLeast: 4 * FaceFraming.side)
        }
        let reading = try watch.time(\.classify) {
            try finish([FaceView(whole: picture, rule: settings.rule(for: mode))], mode, unread: false)[0]
        }
        return (reading, watch.timing)
    }

    private func finish(_ views: [FaceView], _ mode: AnalysisMode, unread: Bool) throws -> [FrameReading] {
        let rule = settings.rule(for: mode)
        let readable = views.indices.filter { views[$0].assessment.isUsable && views[$0].crop != nil }
        var expressions = [Int: ExpressionProbabilities]()
        if mode == .expression, !unread {
            let rows = try reader.read(readable.compactMap { views[$0].crop })
            for (index, row) in zip(readable, rows) { expressions[index] = ExpressionProbabilities(row) }
        }
        return views.indices.map { index in
            let view = views[index]
            let usable = readable.contains(index)
            let gates = view.assessment.gates
            return FrameReading(
                status: usable ? .scored : .lowQuality, reasons: view.assessment.reasons, face: view.face,
                expressions: expressions[index],
                concentration: usable && !unread
                    ? rule.score(expressions[index], gates: gates) : rule.unknown(gates: gates))
        }
    }
}
