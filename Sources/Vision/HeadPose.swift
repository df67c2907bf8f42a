import Glibc

/// Where a head is turned, in degrees, estimated from the five points alone: good to tell the screen from the window,
/// no measurement. Against the pose that 68 landmarks give, on people unknown to the detector, the median error is 5.5
/// degrees in yaw, 2.9 in pitch and 1.0 in roll, with exact points.
public struct HeadPose: Sendable, Hashable {
    /// Positive yaw looks to the picture's right, positive pitch down, positive roll leans clockwise.
    public let yaw, pitch, roll: Double

    // Fitted to the pose that 68 landmarks give, see `Training/classpulse_training/pose.py`.
    /// How far the nose tip leaves the middle line, in distances of the eyes, for tan(yaw) = 1.
    static let noseDepth = 0.35
    /// How far it moves down between the lines of eyes (0) and mouth (1) for tan(pitch) = 1.
    static let noseRise = 0.8
    /// Where it lies between them in a face that looks at the camera.
    static let noseHeight = 0.53

    /// - Parameter points: the picture's left eye, right eye, nose tip, left and right mouth corner.
    /// Zero where the points are not five, not finite or all in one place.
    public init(points: [SIMD2<Double>]) {
        guard points.count == 5 else {
            (yaw, pitch, roll) = (0, 0, 0)
            return
        }
        let eyes = (points[0] + points[1]) / 2
        let mouth = (points[3] + points[4]) / 2
        // Eyes and mouth both say which way is across; so does the line between them, a quarter turn away.
        let across = (points[1] - points[0]) + (points[4] - points[3])
        let angle = atan2(across.y, across.x)
        let (right, down) = (SIMD2(cos(angle), sin(angle)), SIMD2(-sin(angle), cos(angle)))
        func along(_ axis: SIMD2<Double>, _ vector: SIMD2<Double>) -> Double { (axis * vector).sum() }

        let eyeDistance = along(right, points[1] - points[0])
        let faceHeight = along(down, mouth - eyes)
        let size = max(eyeDistance, faceHeight)
        guard size > 0, size.isFinite, points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
            (yaw, pitch, roll) = (0, 0, 0)
            return
        }
        let nose = points[2] - eyes
        let share = along(down, nose) / max(faceHeight, 0.2 * size)
        // The middle line at the nose's height; turned by yaw, the tip leaves it by depth × tan(yaw) eye distances.
        let middle = along(right, mouth - eyes) * share
        let aside = (along(right, nose) - middle) / max(eyeDistance, 0.2 * size)
        let degrees = 180 / Double.pi
        yaw = atan(aside / Self.noseDepth) * degrees
        pitch = atan((share - Self.noseHeight) / Self.noseRise) * degrees
        roll = angle * degrees
    }
}
