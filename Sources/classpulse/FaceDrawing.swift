import Glibc
import Imaging
import Vision

/// Found faces drawn over their grey picture: the box green, of doubted faces orange, the five points red, a blue line from
/// the nose tip to where the head is turned.
struct FaceDrawing {
    private let width, height: Int
    private var rgb: [UInt8]

    /// The bytes of a PNG file of the upright picture.
    static func png(of faces: [(face: DetectedFace, isDoubted: Bool)], in picture: DecodedImage) -> [UInt8] {
        var drawing = FaceDrawing(picture.image)
        for (face, isDoubted) in faces { drawing.add(face, isDoubted: isDoubted, in: picture) }
        return PNGWriter.encode(rgb: drawing.rgb, width: drawing.width, height: drawing.height)
    }

    private init(_ image: GreyImage) {
        (width, height) = (image.width, image.height)
        rgb = image.pixels.flatMap { [$0, $0, $0] }
    }

    private mutating func add(_ face: DetectedFace, isDoubted: Bool, in picture: DecodedImage) {
        let thick = max(1, Double(max(width, height)) / 400)
        let from = picture.fromFull(SIMD2(face.box.x, face.box.y))
        let to = picture.fromFull(SIMD2(face.box.x + face.box.width, face.box.y + face.box.height))
        let corners = [from, SIMD2(to.x, from.y), to, SIMD2(from.x, to.y)]
        for (corner, next) in zip(corners, corners.dropFirst() + [from]) {
            line(from: corner, to: next, radius: thick / 2, colour: isDoubted ? (250, 150, 20) : (40, 220, 60))
        }
        for point in face.points { dot(picture.fromFull(point), radius: 1.5 * thick, colour: (240, 50, 40)) }
        if face.points.count == 5 {
            let pose = HeadPose(points: face.points)
            let nose = picture.fromFull(face.points[2])
            let look = SIMD2(sin(pose.yaw * .pi / 180), sin(pose.pitch * .pi / 180)) * (to.x - from.x) / 2
            line(from: nose, to: nose + look, radius: thick / 2, colour: (60, 120, 255))
        }
    }

    private mutating func line(
        from: SIMD2<Double>, to: SIMD2<Double>, radius: Double, colour: (UInt8, UInt8, UInt8)
    ) {
        let way = to - from
        let length = min((way * way).sum().squareRoot(), 4 * Double(max(width, height)))
        let steps = Int((length / radius).rounded(.up)) + 1
        for step in 0...steps {
            dot(from + way * (Double(step) / Double(steps)), radius: radius, colour: colour)
        }
    }

    /// A filled circle, cut off at the border.
    private mutating func dot(_ centre: SIMD2<Double>, radius: Double, colour: (UInt8, UInt8, UInt8)) {
        func range(_ middle: Double, _ side: Int) -> Range<Int> {
            let low = max(0, min(Double(side), (middle - radius).rounded(.down)))
            let high = max(low, min(Double(side), (middle + radius).rounded(.up)))
            return Int(low)..<Int(high)
        }
        for y in range(centre.y, height) {
            for x in range(centre.x, width) {
                let away = SIMD2(Double(x) + 0.5, Double(y) + 0.5) - centre
                guard (away * away).sum() <= max(radius * radius, 0.5) else { continue }
                let at = 3 * (y * width + x)
                (rgb[at], rgb[at + 1], rgb[at + 2]) = colour
            }
        }
    }
}
