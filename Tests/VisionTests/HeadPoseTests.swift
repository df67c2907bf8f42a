import Glibc
import Testing

@testable import Vision

struct HeadPoseTests {
    /// Five points of a plain head, turned in space and seen from far away, per distance of the eyes.
    static func points(yaw: Double, pitch: Double, roll: Double, size: Double = 60, depth: Double = HeadPose.noseDepth)
        -> [SIMD2<Double>]
    {
        let head: [SIMD3<Double>] = [
            SIMD3(-0.5, -0.5, 0), SIMD3(0.5, -0.5, 0), SIMD3(0, HeadPose.noseHeight - 0.5, depth),
            SIMD3(-0.4, 0.5, 0), SIMD3(0.4, 0.5, 0),
        ]
        let (y, p, r) = (yaw * .pi / 180, pitch * .pi / 180, roll * .pi / 180)
        return head.map { point in
            let tilted = SIMD3(
                point.x, point.y * cos(p) + point.z * sin(p), -point.y * sin(p) + point.z * cos(p))
            let turned = SIMD2(tilted.x * cos(y) + tilted.z * sin(y), tilted.y)
            return size * SIMD2(turned.x * cos(r) - turned.y * sin(r), turned.x * sin(r) + turned.y * cos(r))
                + SIMD2(200, 150)
        }
    }

    @Test(arguments: [-45.0, -20, 0, 20, 45], [-30.0, 0, 30])
    func yawAndRollAreFound(yaw: Double, roll: Double) {
        let pose = HeadPose(points: Self.points(yaw: yaw, pitch: 0, roll: roll))
        #expect(abs(pose.yaw - yaw) < 0.01 && abs(pose.pitch) < 0.01 && abs(pose.roll - roll) < 0.01, "\(pose)")
    }

    @Test(arguments: [-30.0, -15, 0, 15, 30], [-30.0, 0, 30])
    func pitchIsFound(pitch: Double, roll: Double) {
        let pose = HeadPose(points: Self.points(yaw: 0, pitch: pitch, roll: roll, depth: HeadPose.noseRise))
        #expect(abs(pose.pitch - pitch) < 0.01 && abs(pose.yaw) < 0.01, "\(pose)")
    }

    @Test func sizeDoesNotMatter() {
        let small = HeadPose(points: Self.points(yaw: 25, pitch: 10, roll: 5, size: 3))
        let large = HeadPose(points: Self.points(yaw: 25, pitch: 10, roll: 5, size: 900))
        #expect(abs(small.yaw - large.yaw) < 1e-6 && abs(small.pitch - large.pitch) < 1e-6)
    }

    @Test(arguments: [
        [], Array(repeating: SIMD2(3.0, 3.0), count: 5), Array(repeating: SIMD2(.nan, .nan), count: 5),
        [SIMD2(0, 0), SIMD2(1, 0), SIMD2(.nan, 0.5), SIMD2(0, 1), SIMD2(1, 1)],
    ])
    func pointsWithoutSenseFaceTheCamera(points: [SIMD2<Double>]) {
        let pose = HeadPose(points: points)
        #expect(pose.yaw == 0 && pose.pitch == 0 && pose.roll == 0)
    }

    @Test func nothingIsBeyondARightAngle() {
        let odd: [SIMD2<Double>] = [SIMD2(0, 0), SIMD2(1, 0), SIMD2(900, -700), SIMD2(0, 0.1), SIMD2(1, 0.1)]
        let pose = HeadPose(points: odd)
        #expect(abs(pose.yaw) <= 90 && abs(pose.pitch) <= 90 && pose.roll.isFinite)
    }
}
