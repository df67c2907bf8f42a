import Imaging
import Tensor
import Testing

@testable import Vision

struct FaceRefinerTests {
    /// Upright, with eyes 35.2 pixels apart: twice the size of the framing.
    static let points = FaceFraming.points.map { $0 * 2 + SIMD2(100, 60) }

    static func proposal(score: Double, shift: Double = 0) -> DetectedFace {
        DetectedFace(
            box: Rectangle(x: 110 + shift, y: 80, width: 80, height: 90),
            points: points.map { $0 + SIMD2(shift, 0) }, score: score)
    }

    /// Answers every face with this score and with points at these places of the input.
    static func refiner(
        score: Float, points: [Float] = Array(repeating: 32, count: 10), seen: @escaping ([Int]) -> Void = { _ in }
    ) -> FaceRefiner {
        FaceRefiner(
            MadeUp { input in
                seen(input.shape)
                let count = input.shape[0]
                return [
                    "score": Tensor(shape: [count, 1, 1, 1], repeating: score),
                    "points": Tensor(
                        shape: [count, 10, 1, 1], values: (0..<count).flatMap { _ in points }),
                ]
            }, settings: FaceRefiner.Settings(proposalThreshold: 0.3, threshold: 0.5))
    }

    /// The input's middle is the crop's middle; its sides show 1.25 times the crop, here 120 pixels of the picture.
    @Test func pointsComeBackInPixelsOfThePicture() throws {
        let picture = DecodedImage(GreyImage.waves(320, 240))
        let found = try Self.refiner(score: 1, points: [32, 32, 0, 0, 64, 64, 0, 64, 32, 16])
            .refine([Self.proposal(score: 0.9)], in: picture)
        let expected = [SIMD2(148.0, 108), SIMD2(88, 48), SIMD2(208, 168), SIMD2(88, 168), SIMD2(148, 78)]
        for (point, place) in zip(try #require(found.first).points, expected) {
            #expect(abs(point.x - place.x) < 1e-9 && abs(point.y - place.y) < 1e-9, "\(point), \(place)")
        }
        #expect(found[0].box == Self.proposal(score: 0.9).box)
    }

    /// Both stages are ready for a first frame, though an empty picture has nothing for the second.
    @Test func bothStagesWarmUp() throws {
        var seen: [[Int]] = []
        let first = MadeUp { input in
            seen.append(input.shape)
            return DetectorScene().outputs(for: input)
        }
        try FaceDetector(first, refiner: Self.refiner(score: 1) { seen.append($0) }).warmUp(longSide: 320)
        #expect(seen == [[1, 1, 256, 320], [1, 1, 64, 64]])
    }

    /// The same face in a picture decoded at half its size: same points, and almost the same pixels.
    @Test func aPictureDecodedSmallerLooksTheSame() throws {
        let full = GreyImage.waves(640, 480)
        var inputs: [[Float]] = []
        for picture in [DecodedImage(full), DecodedImage.halved(full)] {
            let refiner = FaceRefiner(
                MadeUp { input in
                    inputs.append(input.values)
                    return [
                        "score": Tensor(shape: [1, 1, 1, 1], values: [1]), "points": Tensor(shape: [1, 10, 1, 1]),
                    ]
                })
            let found = try refiner.refine([Self.proposal(score: 1)], in: picture)
            #expect(abs(found[0].points[0].x - 88) < 1e-9)
        }
        #expect(zip(inputs[0], inputs[1]).allSatisfy { abs($0 - $1) <= 3 })
    }

    @Test func theScoreIsTheGeometricMeanAndDecides() throws {
        let picture = DecodedImage(GreyImage.waves(320, 240))
        let refiner = Self.refiner(score: 0.4)
        let faces = try refiner.refine([0.9, 0.64, 0.62].map { Self.proposal(score: $0) }, in: picture)
        #expect(faces.map { ($0.score * 100).rounded() } == [60, 51])
        #expect(try Self.refiner(score: 0).refine([Self.proposal(score: 1)], in: picture).isEmpty)
    }

    @Test func manyProposalsRunInBatches() throws {
        var shapes: [[Int]] = []
        let proposals = (0..<37).map { Self.proposal(score: 0.5 + Double($0) / 100, shift: Double($0)) }
        let faces = try Self.refiner(score: 1) { shapes.append($0) }
            .refine(proposals, in: DecodedImage(GreyImage.waves(320, 240)))
        #expect(shapes == [[16, 1, 64, 64], [16, 1, 64, 64], [5, 1, 64, 64]])
        #expect(faces.map(\.box.x) == proposals.reversed().map(\.box.x))
    }

    @Test func degeneratePointsAreNoFace() throws {
        var face = Self.proposal(score: 1)
        face.points = Array(repeating: SIMD2(5, 5), count: 5)
        #expect(try Self.refiner(score: 1).refine([face], in: DecodedImage(GreyImage.waves(64, 64))).isEmpty)
        #expect(try Self.refiner(score: 1).refine([], in: DecodedImage(GreyImage.waves(64, 64))).isEmpty)
    }

    @Test func outputsOfAnotherKindAreNamed() throws {
        let picture = DecodedImage(GreyImage.waves(64, 64))
        func refine(_ outputs: [String: Tensor]) throws {
            _ = try FaceRefiner(MadeUp { _ in outputs }).refine([Self.proposal(score: 1)], in: picture)
        }
        let score = Tensor(shape: [1, 1, 1, 1], values: [1])
        #expect(throws: VisionError.missingOutput(name: "points", found: ["score"])) { try refine(["score": score]) }
        #expect(throws: VisionError.wrongShape(output: "points", found: [1, 8, 1, 1], expected: [1, 10, 1, 1])) {
            try refine(["score": score, "points": Tensor(shape: [1, 8, 1, 1])])
        }
        #expect(throws: VisionError.notFinite(output: "score")) {
            try refine(["score": Tensor(shape: [1, 1, 1, 1], values: [.nan]), "points": Tensor(shape: [1, 10, 1, 1])])
        }
    }

    /// With a second stage the detector proposes from its lower threshold on.
    @Test func theDetectorHandsItsProposalsOn() throws {
        let scene = DetectorScene(faces: [
            FaceDetectorTests.face(16, 4, 4, score: 0.31), FaceDetectorTests.face(16, 12, 4, score: 0.29),
        ])
        let detector = FaceDetector(MadeUp { scene.outputs(for: $0) }, refiner: Self.refiner(score: 1))
        let faces = try detector.detect(DecodedImage(GreyImage.waves(320, 160)), longSide: 320)
        #expect(faces.count == 1 && abs(faces[0].score - 0.31.squareRoot()) < 1e-6)
    }
}
