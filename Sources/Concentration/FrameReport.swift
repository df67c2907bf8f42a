/// A point in pixels of the upright full-size picture, origin top left, x to the right, y down.
public struct Point: Sendable, Hashable {
    public var x, y: Double
    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
}

/// A rectangle in pixels of the upright full-size picture: top left corner and size.
public struct Box: Sendable, Hashable {
    public var x, y, width, height: Double
    public init(x: Double, y: Double, width: Double, height: Double) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }
    public var area: Double { width * height }
}

/// What could be said of a frame.
public enum FrameStatus: String, Codable, Sendable, Hashable {
    case scored
    case noFace = "no_face"
    case severalFaces = "several_faces"
    case lowQuality = "low_quality"
}

/// Why a frame was not scored, or a gate reduced its score.
public enum Reason: String, Codable, Sendable, Hashable, CaseIterable {
    case lowBrightness = "low_brightness"
    case highBrightness = "high_brightness"
    case lowSharpness = "low_sharpness"
    case lowContrast = "low_contrast"
    case smallFace = "small_face"
    case faceCut = "face_cut"
    case extremePose = "extreme_pose"
    case lowDetectionScore = "low_detection_score"
    case noFace = "no_face"
    case severalFaces = "several_faces"
}

/// Measured quality of the face crop and coarse head pose.
public struct FaceQuality: Sendable, Hashable {
    /// Mean grey level of the crop, 0…255.
    public var brightness: Double
    /// Standard deviation of the crop's grey levels.
    public var contrast: Double
    /// Variance of the Laplacian of the crop.
    public var sharpness: Double
    /// Degrees, from the five landmarks; positive yaw looks to the picture's right, positive pitch down, positive roll clockwise.
    public var yaw, pitch, roll: Double
    public init(brightness: Double, contrast: Double, sharpness: Double, yaw: Double, pitch: Double, roll: Double) {
        (self.brightness, self.contrast, self.sharpness) = (brightness, contrast, sharpness)
        (self.yaw, self.pitch, self.roll) = (yaw, pitch, roll)
    }
}

/// One found face.
public struct Face: Sendable, Hashable {
    public var box: Box
    /// Right eye, left eye (of the person; so left then right in the picture), nose tip, right and left mouth corner.
    public var landmarks: [Point]
    /// The detector's confidence, 0…1.
    public var score: Double
    public var quality: FaceQuality?
    public init(box: Box, landmarks: [Point], score: Double, quality: FaceQuality?) {
        (self.box, self.landmarks, self.score, self.quality) = (box, landmarks, score, quality)
    }
}

/// Coarse level of a concentration score; `unknown` where no score can be given.
public enum Level: String, Codable, Sendable, Hashable, CaseIterable {
    case high, medium, low, unknown
}

/// Factors 0…1 that multiply the weighted sum of probabilities.
public struct Gates: Sendable, Hashable {
    public var presence, quality: Double
    public init(presence: Double, quality: Double) { (self.presence, self.quality) = (presence, quality) }
    public var product: Double { presence * quality }
}

/// A score with the rule and the gates that produced it, so that it can be recomputed.
public struct ConcentrationScore: Sendable, Hashable {
    /// 0…1; nil where `level` is `unknown`.
    public var score: Double?
    public var level: Level
    /// `name@version` of the scoring rule.
    public var rule: String
    public var gates: Gates
    public init(score: Double?, level: Level, rule: String, gates: Gates) {
        (self.score, self.level, self.rule, self.gates) = (score, level, rule, gates)
    }
}

/// What one frame said of one face: the output of `Analysis`, what `Timelines` stores. Pixels are never part of it.
public struct FrameReading: Sendable, Hashable {
    public var status: FrameStatus
    public var reasons: [Reason]
    /// The student's face; nil with `no_face`.
    public var face: Face?
    /// Nil where no face was read, and always in presence mode.
    public var expressions: ExpressionProbabilities?
    public var concentration: ConcentrationScore
    public init(
        status: FrameStatus, reasons: [Reason], face: Face?, expressions: ExpressionProbabilities?,
        concentration: ConcentrationScore
    ) {
        (self.status, self.reasons, self.face) = (status, reasons, face)
        (self.expressions, self.concentration) = (expressions, concentration)
    }
}

/// Where the time of a frame went, in milliseconds.
public struct Timing: Sendable, Hashable {
    public var decode, detect, classify, total: Double
    public init(decode: Double = 0, detect: Double = 0, classify: Double = 0, total: Double = 0) {
        (self.decode, self.detect, self.classify, self.total) = (decode, detect, classify, total)
    }
}

/// A stored reading with its identity.
public struct FrameReport: Sendable, Hashable {
    /// The client's `Idempotency-Key`, or an identifier made by the server.
    public var id: String
    public var session: String
    public var student: String
    public var capturedAt: Timestamp
    public var reading: FrameReading
    /// `name@first 8 hex digits of the weights' SHA-256` of the classifier, the detector and the refiner, joined by `+`.
    public var model: String
    public var timing: Timing
    public init(
        id: String, session: String, student: String, capturedAt: Timestamp, reading: FrameReading, model: String,
        timing: Timing
    ) {
        (self.id, self.session, self.student, self.capturedAt) = (id, session, student, capturedAt)
        (self.reading, self.model, self.timing) = (reading, model, timing)
    }
}

/// A stored picture of several people: one anonymous reading for each face, never tied to a student.
public struct GroupFrameReport: Sendable, Hashable {
    public var id: String
    public var session: String
    public var capturedAt: Timestamp
    /// In the order in which the faces were found.
    public var faces: [FrameReading]
    public var model: String
    public var timing: Timing
    public init(
        id: String, session: String, capturedAt: Timestamp, faces: [FrameReading], model: String, timing: Timing
    ) {
        (self.id, self.session, self.capturedAt, self.faces) = (id, session, capturedAt, faces)
        (self.model, self.timing) = (model, timing)
    }
}
