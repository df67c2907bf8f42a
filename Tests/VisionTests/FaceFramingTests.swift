import Foundation
import Imaging
import TestSupport
import Testing

@testable import Vision

struct FaceFramingTests {
    /// What `Training/classpulse_training/crop.py` cuts out of scikit-image's astronaut.
    struct Golden: Decodable, Sendable {
        let points: [[Double]]
        let grey: String

        static let all: [Golden] = {
            let url = Fixtures.packageRoot.appendingPathComponent("Tests/Pictures/crops.json")
            return (try? JSONDecoder().decode([Golden].self, from: Data(contentsOf: url))) ?? []
        }()
    }

    @Test func thereAreGoldenCrops() { #expect(Golden.all.count == 12) }

    @Test(arguments: Golden.all.indices)
    func equalsPythonToTheGreyLevel(index: Int) throws {
        let golden = Golden.all[index]
        let bytes = [UInt8](try Data(contentsOf: Fixtures.picture("astronaut.png")))
        let picture = try ImageDecoder.decode(bytes)
        let face = DetectedFace(
            box: Rectangle(x: 0, y: 0, width: 1, height: 1), points: golden.points.map { SIMD2($0[0], $0[1]) }, score: 1
        )
        let crop = try #require(FaceCropper.crop(face, from: picture))
        let found = crop.pixels.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(found == golden.grey, "case \(index), points \(golden.points)")
    }

    /// Points that are an exact similarity of the framing's are met exactly.
    @Test(arguments: [(1.0, 0.0), (3.5, 0.5), (0.2, -2), (40, 3)])
    func anExactSimilarityIsFound(scale: Double, tangent: Double) throws {
        let (a, b) = (
            scale / (1 + tangent * tangent).squareRoot(), scale * tangent / (1 + tangent * tangent).squareRoot()
        )
        let face = FaceFraming.points.map { SIMD2(a * $0.x - b * $0.y + 100, b * $0.x + a * $0.y - 7) }
        let map = try #require(FaceFraming.map(to: face))
        for (point, expected) in zip(FaceFraming.points, face) {
            let found = map(point)
            #expect(abs(found.x - expected.x) < 1e-9 * scale + 1e-9 && abs(found.y - expected.y) < 1e-9 * scale + 1e-9)
        }
        #expect(abs(map.magnification - scale) < 1e-9)
    }

    @Test func degeneratePointsGiveNoCrop() {
        let place = SIMD2(5.0, 5.0)
        #expect(FaceFraming.map(to: Array(repeating: place, count: 5)) == nil)
        #expect(FaceFraming.map(to: Array(repeating: place, count: 4)) == nil)
        #expect(FaceFraming.map(to: []) == nil)
        #expect(FaceFraming.map(to: FaceFraming.points.dropLast() + [SIMD2(.nan, 1)]) == nil)
        #expect(FaceFraming.map(to: FaceFraming.points.dropLast() + [SIMD2(1, .infinity)]) == nil)
    }

    /// The same face is cut out of the picture and of the picture decoded at half its size.
    @Test func aSmallerDecodingGivesTheSameFace() throws {
        let picture = GreyImage.waves(400, 300)
        let half = DecodedImage.halved(picture)
        let points = FaceFraming.points.map { $0 * 4 + SIMD2(100, 50) }
        let face = DetectedFace(box: Rectangle(x: 0, y: 0, width: 1, height: 1), points: points, score: 1)
        let full = try #require(FaceCropper.crop(face, from: DecodedImage(picture)))
        let small = try #require(FaceCropper.crop(face, from: half))
        let difference = zip(full.pixels, small.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
        #expect(difference <= 1)
    }

    @Test func aWholePictureIsItsMiddleSquare() {
        let wide = GreyImage.waves(96, 48)
        #expect(FaceCropper.crop(whole: wide) == wide.cropped(x: 24, y: 0, width: 48, height: 48))
        let exact = GreyImage.waves(48, 48)
        #expect(FaceCropper.crop(whole: exact) == exact)
        #expect(FaceCropper.crop(whole: GreyImage.waves(33, 500)).width == 48)
    }
}
