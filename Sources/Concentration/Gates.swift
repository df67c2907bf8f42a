/// Grows from 0 at `none` to 1 at `full`, straight between them. Where both are equal it is a step: 1 from `full` on.
public struct Ramp: Sendable, Hashable {
    public var none, full: Double
    public init(none: Double, full: Double) { (self.none, self.full) = (none, full) }

    /// A step: nothing between 0 and 1.
    public init(at limit: Double) { self.init(none: limit, full: limit) }

    /// 0…1 for a measure of which more is better (`none ≤ full`). A value that is not a number counts as `none`.
    func rising(_ value: Double) -> Double {
        if value >= full { return 1 }
        return value > none ? (value - none) / (full - none) : 0
    }

    /// 0…1 for a measure of which less is better (`full ≤ none`).
    func falling(_ value: Double) -> Double { Ramp(none: -none, full: -full).rising(-value) }
}

/// What makes the factors of `Gates`. Presence fades as the head turns away. Quality is all or nothing by default: a
/// dark picture is not an inattentive student, so below the limits a frame is `low_quality` and its score `unknown`.
public struct GateDefinitions: Sendable, Hashable {
    /// Degrees away from the camera, either way.
    public var yaw, pitch: Ramp
    /// The detector's confidence, 0…1.
    public var detectionScore: Ramp
    /// Height of the face's box in pixels of the full-size picture.
    public var faceHeight: Ramp
    /// Share of the face's box inside the picture, 0…1.
    public var visibleShare: Ramp
    /// Mean grey level 0…255 of the crop: too dark, too bright.
    public var darkest, brightest: Ramp
    /// Standard deviation of the crop's grey levels.
    public var contrast: Ramp
    /// Variance of the Laplacian of the crop.
    public var sharpness: Ramp

    public init(
        yaw: Ramp, pitch: Ramp, detectionScore: Ramp, faceHeight: Ramp, visibleShare: Ramp, darkest: Ramp,
        brightest: Ramp, contrast: Ramp, sharpness: Ramp
    ) {
        (self.yaw, self.pitch) = (yaw, pitch)
        (self.detectionScore, self.faceHeight, self.visibleShare) = (detectionScore, faceHeight, visibleShare)
        (self.darkest, self.brightest, self.contrast, self.sharpness) = (darkest, brightest, contrast, sharpness)
    }

    public static let standard = GateDefinitions(
        yaw: Ramp(none: 60, full: 30), pitch: Ramp(none: 50, full: 25),
        detectionScore: Ramp(at: 0.5), faceHeight: Ramp(at: 24), visibleShare: Ramp(at: 0.7),
        darkest: Ramp(at: 25), brightest: Ramp(at: 215), contrast: Ramp(at: 12), sharpness: Ramp(at: 50))
}

/// What the gates say of one face.
public struct FaceAssessment: Sendable, Hashable {
    public var gates: Gates
    /// Each measure whose factor is below 1.
    public var reasons: [Reason]
    public init(gates: Gates, reasons: [Reason]) { (self.gates, self.reasons) = (gates, reasons) }
    /// False where the quality gate is shut: the frame is `low_quality`.
    public var isUsable: Bool { gates.quality > 0 }
}

extension GateDefinitions {
    /// Gates of a face and the reasons for what they take away.
    /// - Parameter visibleShare: share of the face's box inside the picture, 0…1.
    /// A face without measured quality is judged by its detection score, height and visible share only.
    public func assess(_ face: Face, visibleShare share: Double) -> FaceAssessment {
        var reasons: [Reason] = []
        func factor(_ value: Double, _ reason: Reason) -> Double {
            if value < 1, !reasons.contains(reason) { reasons.append(reason) }
            return value
        }
        var presence = 1.0
        var quality =
            factor(detectionScore.rising(face.score), .lowDetectionScore)
            * factor(faceHeight.rising(face.box.height), .smallFace)
            * factor(visibleShare.rising(share), .faceCut)
        if let measured = face.quality {
            quality *=
                factor(darkest.rising(measured.brightness), .lowBrightness)
                * factor(brightest.falling(measured.brightness), .highBrightness)
                * factor(contrast.rising(measured.contrast), .lowContrast)
                * factor(sharpness.rising(measured.sharpness), .lowSharpness)
            presence =
                factor(yaw.falling(abs(measured.yaw)), .extremePose)
                * factor(pitch.falling(abs(measured.pitch)), .extremePose)
        }
        return FaceAssessment(gates: Gates(presence: presence, quality: quality), reasons: reasons)
    }
}
