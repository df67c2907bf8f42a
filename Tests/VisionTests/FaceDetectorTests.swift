import Imaging
import Tensor
import Testing

@testable import Vision

struct FaceDetectorTests {
    static let points: [Float] = [-1, -0.5, 1, -0.5, 0, 0.25, -0.75, 1, 0.75, 1]

    static func face(_ stride: Int, _ x: Int, _ y: Int, score: Float = 0.9, box: [Float] = [1, 2, 3, 4])
        -> DetectorScene.Placed
    {
        DetectorScene.Placed(stride: stride, x: x, y: y, score: score, box: box, points: points)
    }

    @Test(arguments: [8, 16, 32])
    func aCellBecomesAFace(stride: Int) throws {
        let scene = DetectorScene(faces: [Self.face(stride, 2, 1)])
        let faces = try detect(scene, GreyImage.waves(320, 160))
        let s = Double(stride)
        let face = try #require(faces.first)
        #expect(faces.count == 1)
        #expect(face.box == Rectangle(x: 1.5 * s, y: -0.5 * s, width: 4 * s, height: 6 * s))
        #expect(face.points[0] == SIMD2(1.5 * s, s) && face.points[4] == SIMD2(3.25 * s, 2.5 * s))
        #expect(abs(face.score - 0.9) < 1e-6)
    }

    /// 640 × 480, decoded at half the size, searched at 160: boxes come back in full-size pixels.
    @Test func boxesAreInFullSizePixels() throws {
        let picture = DecodedImage.halved(GreyImage.waves(640, 480))
        let scene = DetectorScene(faces: [Self.face(16, 3, 2)])
        let face = try #require(try detector(scene).detect(picture, longSide: 160).first)
        // Cell centre (56, 40) at a quarter of the size.
        #expect(face.box == Rectangle(x: 40 * 4, y: 8 * 4, width: 64 * 4, height: 96 * 4))
        #expect(face.points[2] == SIMD2(224.0, 176.0))
    }

    @Test func aMirroredPictureHasAnOffset() throws {
        let image = GreyImage.waves(160, 128)
        let picture = DecodedImage(
            image: image, fullWidth: 637, fullHeight: 510, scale: 4, offset: SIMD2(-3, -2))
        let scene = DetectorScene(faces: [Self.face(8, 4, 4, box: [1, 1, 1, 1])])
        let face = try #require(try detector(scene).detect(picture, longSide: 160).first)
        #expect(face.box == Rectangle(x: 28 * 4 - 3, y: 28 * 4 - 2, width: 64, height: 64))
    }

    /// 200 × 160 grows to 250 × 200, not to 320; boxes come back in the picture's own pixels.
    @Test func smallPicturesAreEnlargedWhereAskedFor() throws {
        let picture = DecodedImage(GreyImage.waves(200, 160))
        let network = MadeUp { input in
            #expect(input.shape == [1, 1, 224, 256])
            return DetectorScene(faces: [Self.face(16, 3, 2)]).outputs(for: input)
        }
        let faces = try FaceDetector(network).detect(picture, longSide: 320, enlargement: 1.25)
        let box = try #require(faces.first).box
        let expected = [40, 8, 64, 96].map { $0 / 1.25 }
        for (value, wanted) in zip([box.x, box.y, box.width, box.height], expected) {
            #expect(abs(value - wanted) < 1e-9)
        }
    }

    @Test func darkPicturesAreSearchedBrightened() throws {
        let network = MadeUp { input in
            #expect(input.values.allSatisfy { $0 == 51 })
            return DetectorScene().outputs(for: input)
        }
        let dark = DecodedImage(GreyImage(width: 64, height: 64, filledWith: 20))
        _ = try FaceDetector(network).detect(dark, longSide: 64)
    }

    @Test(arguments: [(320, 240), (33, 32), (1, 1), (319, 181), (5000, 3), (3, 5000)])
    func theInputIsAMultipleOf32(width: Int, height: Int) throws {
        var shape: [Int] = []
        var corner: Float = 0
        let network = MadeUp { input in
            shape = input.shape
            corner = input.values.last ?? 0
            return DetectorScene().outputs(for: input)
        }
        let image = GreyImage(width: width, height: height, filledWith: 77)
        let faces = try FaceDetector(network).detect(DecodedImage(image), longSide: 320)
        #expect(faces.isEmpty)
        #expect(shape.count == 4 && shape[2] % 32 == 0 && shape[3] % 32 == 0 && shape[2] > 0 && shape[3] > 0)
        #expect(shape[2] <= 320 && shape[3] <= 320, "\(shape)")
        let scale = min(1, 320 / Double(max(width, height)))
        let full = [width, height].allSatisfy {
            Int((Double($0) * scale).rounded()) % 32 == 0 && scale * Double($0) >= 1
        }
        #expect(corner == (full ? 77 : 128), "\(shape)")
    }

    @Test func overlappingFacesAreOne() throws {
        let scene = DetectorScene(faces: [
            Self.face(16, 4, 4, score: 0.7, box: [2, 2, 2, 2]), Self.face(16, 5, 4, score: 0.95, box: [2, 2, 2, 2]),
            Self.face(16, 12, 4, score: 0.6, box: [2, 2, 2, 2]), Self.face(32, 2, 2, score: 0.8, box: [1, 1, 1, 1]),
        ])
        let faces = try detect(scene, GreyImage.waves(320, 160))
        #expect(faces.map { ($0.score * 100).rounded() } == [95, 60])
    }

    /// A small box inside a large one overlaps little by IoU; the more confident of both stays.
    @Test func aFaceInsideAFaceIsAPartOfIt() throws {
        let scene = DetectorScene(faces: [
            Self.face(32, 4, 2, score: 0.9, box: [2, 2, 2, 2]), Self.face(16, 8, 4, score: 0.8, box: [2, 2, 2, 2]),
            Self.face(8, 30, 10, score: 0.7, box: [2, 2, 2, 2]),
        ])
        let faces = try detect(scene, GreyImage.waves(320, 160))
        #expect(faces.map { ($0.score * 100).rounded() } == [90, 70])
    }

    @Test func facesBelowTheThresholdAreNone() throws {
        let scene = DetectorScene(faces: [Self.face(16, 4, 4, score: 0.49), Self.face(8, 30, 3, score: 0.5)])
        #expect(try detect(scene, GreyImage.waves(320, 160)).count == 1)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, 1e9])
    func numbersWithoutSenseAreNoFaces(value: Float) throws {
        var bad = Self.face(16, 4, 4)
        bad.points[3] = value
        #expect(try detect(DetectorScene(faces: [bad]), GreyImage.waves(320, 160)).isEmpty)
        bad = Self.face(16, 4, 4, box: [value, 1, 1, 1])
        #expect(try detect(DetectorScene(faces: [bad]), GreyImage.waves(320, 160)).isEmpty)
    }

    @Test func anEmptyBoxIsNoFace() throws {
        let scene = DetectorScene(faces: [Self.face(16, 4, 4, box: [0, 1, 0, 1])])
        #expect(try detect(scene, GreyImage.waves(320, 160)).isEmpty)
    }

    /// Every cell claims a face: the answer is bounded and quick.
    @Test func aFloodOfFaces() throws {
        let network = MadeUp { input in
            var outputs = DetectorScene().outputs(for: input)
            for stride in DetectorMaps.strides {
                for (name, value) in [("score", Float(0.9)), ("box", 0.1), ("points", 0.1)] {
                    let shape = outputs["\(name)_\(stride)"]!.shape
                    outputs["\(name)_\(stride)"] = Tensor(shape: shape, repeating: value)
                }
            }
            return outputs
        }
        let faces = try FaceDetector(network).detect(DecodedImage(.waves(640, 640)), longSide: 640)
        #expect(faces.count == FaceDetector.mostCandidates)
    }

    @Test func aNetworkOfAnotherKindIsNamed() throws {
        let image = DecodedImage(.waves(64, 64))
        #expect(throws: VisionError.missingOutput(name: "score_8", found: ["probabilities"])) {
            try FaceDetector(MadeUp { _ in ["probabilities": Tensor(shape: [1, 7])] }).detect(image, longSide: 64)
        }
        #expect(throws: VisionError.wrongShape(output: "box_16", found: [1, 4, 3, 4], expected: [1, 4, 4, 4])) {
            let network = MadeUp { input in
                var outputs = DetectorScene().outputs(for: input)
                outputs["box_16"] = Tensor(shape: [1, 4, 3, 4])
                return outputs
            }
            _ = try FaceDetector(network).detect(image, longSide: 64)
        }
    }

    private func detector(_ scene: DetectorScene) -> FaceDetector {
        FaceDetector(MadeUp { scene.outputs(for: $0) })
    }
    private func detect(_ scene: DetectorScene, _ image: GreyImage) throws -> [DetectedFace] {
        try detector(scene).detect(DecodedImage(image), longSide: 320)
    }
}

struct RectangleTests {
    @Test func intersectionOverUnion() {
        let a = Rectangle(x: 0, y: 0, width: 10, height: 10)
        #expect(a.iou(a) == 1)
        #expect(a.iou(Rectangle(x: 5, y: 0, width: 10, height: 10)) == 50.0 / 150)
        #expect(a.iou(Rectangle(x: 10, y: 0, width: 10, height: 10)) == 0)
        #expect(a.iou(Rectangle(x: 20, y: 20, width: 0, height: 0)) == 0)
    }

    @Test func visibleShare() {
        func share(_ x: Double, _ y: Double) -> Double {
            DetectedFace(box: Rectangle(x: x, y: y, width: 10, height: 20), points: [], score: 1)
                .visibleShare(width: 100, height: 50)
        }
        #expect(share(0, 0) == 1 && share(90, 30) == 1)
        #expect(share(-5, 0) == 0.5 && share(95, 40) == 0.25 && share(200, 0) == 0)
    }
}
