import Concentration

/// What a teacher sees of a lesson at one moment. Docs/Scoring.md defines the figures.
public struct Dashboard: Sendable, Hashable {
    public var session: SessionRecord
    /// Ids of the rules that gave the session's scores, in alphabetical order.
    public var rules: [String]
    public var generatedAt: Timestamp
    public var classNow: ClassReading
    public var timeline: ClassTimeline
    /// Every student of the class, in the order of their ids.
    public var students: [StudentReading]

    /// Milliseconds after which a reading counts as old.
    public static let freshness: Int64 = 30_000
    /// Windows of a student's spark line: five minutes.
    public static let sparkCount = 30
}

/// Class figures over the students' latest windows, as far as these are fresh. Where no student's frame is, the faces of
/// the latest group frame stand in, each as one reading.
public struct ClassReading: Sendable, Hashable {
    /// Students of the class.
    public var students: Int
    /// Students of whom a frame was captured in the last 30 seconds.
    public var present: Int
    /// Faces of the latest group frame, if it is fresh.
    public var groupFaces: Int
    /// Students, or faces of the group frame, whose scores are in the figures.
    public var counted = 0
    /// Of the students' means; nil where none was scored.
    public var median, q1, q3: Double?
    public var level: Level
    /// Scored frames / received frames; nil where none was received.
    public var coverage: Double?
    /// Mean of the students' mean probabilities.
    public var expressions: ExpressionProbabilities?
}

public struct StudentReading: Sendable, Hashable {
    public var id: String
    public var displayName: String
    /// Of the latest frame; nil where none was received.
    public var status: FrameStatus?
    /// Mean of the latest window; nil where nothing was scored in it or it is old.
    public var score: Double?
    public var level: Level
    /// The strongest of the latest window's mean probabilities.
    public var expression: FacialExpression?
    /// Change of the score over the spark line's five minutes, by the least squares line; nil with fewer than six scored
    /// windows.
    public var trend: Double?
    public var lastSeen: Timestamp?
    /// Windows with a scored frame / windows of the lesson so far.
    public var coverage: Double
    /// Means of the last 30 windows, oldest first.
    public var spark: [Double?]
}

/// Class figures over a lesson, one entry for each minute from `start` on; nil where nothing was scored.
public struct ClassTimeline: Sendable, Hashable {
    /// Milliseconds of one entry.
    public static let step: Int64 = 60_000
    /// Of a longer lesson the last six hours are given.
    public static let longest = 360

    public var start: Timestamp
    /// Of the students' means in the minute.
    public var median, q1, q3: [Double?]
    /// Students, or most faces of one group frame, whose scores are in the minute.
    public var counted: [Int]
    /// Scored frames / received frames of the minute; nil where none was received.
    public var coverage: [Double?]
}
