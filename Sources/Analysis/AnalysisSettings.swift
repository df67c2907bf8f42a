import Concentration
import Imaging

/// What is read in a frame.
public enum AnalysisMode: String, Sendable, Hashable, CaseIterable, Codable {
    /// Face, pose and the seven expressions.
    case expression
    /// Face and pose only; the classifier does not run.
    case presence
}

public struct AnalysisSettings: Sendable, Hashable {
    public var limits: ImageLimits
    /// The rules that turn readings into scores in either mode.
    public var expressionRule: ScoringRule
    public var presenceRule: ScoringRule
    /// Longer side of the picture in which the face of one student is searched, in pixels.
    public var frameLongSide: Int
    /// The same for pictures of several people.
    public var groupLongSide: Int
    /// A second face of at least this share of the student's face's area makes a frame `several_faces`.
    public var severalFacesShare: Double
    /// A face is cropped from a picture decoded so large that its box has this height, where the file has the pixels.
    public var cropFaceHeight: Int
    /// The most faces read in one picture of several people, the largest ones.
    public var mostGroupFaces: Int

    public init(
        limits: ImageLimits = .upload, expressionRule: ScoringRule = .convention,
        presenceRule: ScoringRule = .presence, frameLongSide: Int = 320, groupLongSide: Int = 640,
        severalFacesShare: Double = 0.5, cropFaceHeight: Int = 64, mostGroupFaces: Int = 64
    ) {
        (self.limits, self.expressionRule, self.presenceRule) = (limits, expressionRule, presenceRule)
        (self.frameLongSide, self.groupLongSide) = (frameLongSide, groupLongSide)
        (self.severalFacesShare, self.cropFaceHeight) = (severalFacesShare, cropFaceHeight)
        self.mostGroupFaces = mostGroupFaces
    }

    public func rule(for mode: AnalysisMode) -> ScoringRule { mode == .expression ? expressionRule : presenceRule }
}
