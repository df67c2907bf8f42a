import Concentration
import Foundation
import Imaging
import TestSupport
import Tensor
import Testing
import Vision

@testable import Analysis

struct FrameAnalyzerTests {
    let networks = MadeUpNetworks()
    static let frame = Frame.png(320, 240)

    private func analyzer(_ settings: AnalysisSettings = AnalysisSettings(groupLongSide: 320)) -> FrameAnalyzer {
        FrameAnalyzer(detector: networks.detector, reader: networks.reader, settings: settings)
    }

    @Test func aFaceIsScored() throws {
        networks.faces = [.init(x: 100, y: 60, width: 96, height: 96)]
        let (reading, timing) = try analyzer().analyze(Self.frame)
        #expect(reading.status == .scored && reading.reasons.isEmpty)
        let face = try #require(reading.face)
        #expect(abs(face.box.x - 100) < 1e-3 && abs(face.box.height - 96) < 1e-3 && face.landmarks.count == 5)
        let expressions = try #require(reading.expressions)
        #expect(expressions.strongest == .happy)
        let again = ScoringRule.convention.score(expressions, gates: reading.concentration.gates)
        #expect(reading.concentration == again && again.score != nil)
        #expect(timing.total >= timing.decode + timing.detect + timing.classify && timing.classify > 0)
        #expect(networks.crops == 1)
    }

    @Test func nobodyIsThere() throws {
        let (reading, _) = try analyzer().analyze(Self.frame)
        #expect(reading.status == .noFace && reading.reasons == [.noFace] && reading.face == nil)
        #expect(reading.expressions == nil && reading.concentration.score == nil)
        #expect(reading.concentration.level == .unknown && networks.crops == 0)
    }

    /// A second face counts from half the student's area on: 64² is 0.44, 68² is 0.502 of 96².
    @Test(arguments: [(64, FrameStatus.scored), (68, .severalFaces)])
    func aSecondFace(side: Int, expected: FrameStatus) throws {
        networks.faces = [
            .init(x: 100, y: 60, width: 96, height: 96),
            .init(x: 210, y: 20, width: Float(side), height: Float(side)),
        ]
        let (reading, _) = try analyzer().analyze(Self.frame)
        #expect(reading.status == expected)
        #expect(abs((reading.face?.box.x ?? 0) - 100) < 1e-3)
        if expected == .severalFaces {
            #expect(reading.reasons == [.severalFaces] && reading.expressions == nil)
            #expect(reading.concentration.score == nil && networks.crops == 0)
        }
    }

    @Test func theShareOfASecondFaceIsASetting() throws {
        networks.faces = [
            .init(x: 100, y: 60, width: 96, height: 96), .init(x: 210, y: 20, width: 68, height: 68),
        ]
        #expect(try analyzer(AnalysisSettings(severalFacesShare: 0.6)).analyze(Self.frame).0.status == .scored)
    }

    /// Of two faces the larger one in the middle, not a slightly larger one in the corner.
    @Test func theStudentIsNearTheCentre() throws {
        networks.faces = [
            .init(x: 120, y: 80, width: 80, height: 80), .init(x: 0, y: 0, width: 84, height: 84),
        ]
        let (reading, _) = try analyzer().analyze(Self.frame)
        #expect(abs((reading.face?.box.x ?? 0) - 120) < 1e-3)
        networks.faces[1].width = 150
        networks.faces[1].height = 150
        #expect(abs((try analyzer().analyze(Self.frame).0.face?.box.x ?? 9)) < 1e-3)
    }

    @Test func presenceModeReadsNoExpression() throws {
        networks.faces = [.init(x: 100, y: 60, width: 96, height: 96)]
        let (reading, _) = try analyzer().analyze(Self.frame, mode: .presence)
        #expect(reading.status == .scored && reading.expressions == nil && networks.crops == 0)
        #expect(reading.concentration.rule == "presence@1" && reading.concentration.score == 1)
    }

    static let flaws: [(String, Reason, MadeUpNetworks.Placed, [UInt8])] = [
        ("small", .smallFace, .init(x: 100, y: 60, width: 20, height: 20), frame),
        ("cut", .faceCut, .init(x: -60, y: 60, width: 96, height: 96), frame),
        (
            "dark", .lowBrightness, .init(x: 100, y: 60, width: 96, height: 96),
            Frame.png(320, 240) { x, y in (x + y) % 2 * 20 }
        ),
        ("bright", .highBrightness, .init(x: 100, y: 60, width: 96, height: 96), Frame.png(320, 240) { _, _ in 250 }),
        ("flat", .lowContrast, .init(x: 100, y: 60, width: 96, height: 96), Frame.png(320, 240) { _, _ in 128 }),
    ]

    @Test(arguments: flaws.indices)
    func aFlawedFaceIsNotScored(index: Int) throws {
        let (name, reason, face, frame) = Self.flaws[index]
        networks.faces = [face]
        let (reading, _) = try analyzer().analyze(frame)
        #expect(reading.status == .lowQuality && reading.reasons.contains(reason), "\(name): \(reading.reasons)")
        #expect(reading.expressions == nil && reading.concentration.score == nil && networks.crops == 0)
        #expect(reading.face != nil)
    }

    @Test(arguments: [(48, 48), (40, 300), (640, 480)])
    func aCroppedPictureIsReadWithoutDetection(width: Int, height: Int) throws {
        let failing = FrameAnalyzer(detector: .init(Refusing()), reader: networks.reader)
        let (reading, timing) = try failing.analyze(Frame.png(width, height), cropped: true)
        #expect(reading.status == .scored && networks.crops == 1 && timing.detect == 0)
        #expect(reading.face?.box == Box(x: 0, y: 0, width: Double(width), height: Double(height)))
        #expect(reading.face?.landmarks == [])
    }

    /// Stripes of two pixels that are one grey at a quarter of the size, at which the face is searched.
    @Test func aSmallFaceIsReadAtALargerScale() throws {
        networks.faces = [.init(x: 60, y: 40, width: 30, height: 30)]
        let file = Fixtures.packageRoot.appendingPathComponent("Tests/Pictures/stripes.jpg")
        let bytes = [UInt8](try Data(contentsOf: file))
        let faces = try [64, 1].map { height in
            let settings = AnalysisSettings(frameLongSide: 160, cropFaceHeight: height)
            return try #require(try analyzer(settings).analyze(bytes).0.face)
        }
        for face in faces { #expect(abs(face.box.x - 240) < 1e-3 && abs(face.box.height - 120) < 1e-3) }
        let contrasts = try faces.map { try #require($0.quality).contrast }
        #expect(contrasts[0] > 12 && contrasts[1] < 3, "\(contrasts)")
    }

    @Test func aGroupIsReadFromLeftToRight() throws {
        networks.faces = [
            .init(x: 200, y: 60, width: 50, height: 50), .init(x: 20, y: 90, width: 40, height: 40),
            .init(x: 100, y: 10, width: 18, height: 18),
        ]
        let (readings, _) = try analyzer().analyzeGroup(Self.frame)
        #expect(readings.map { ($0.face?.box.x ?? -1).rounded() } == [20, 100, 200])
        #expect(readings.map(\.status) == [.scored, .lowQuality, .scored])
        #expect(networks.crops == 2)
        networks.faces = []
        #expect(try analyzer().analyzeGroup(Self.frame).0.isEmpty)
    }

    @Test func theLargestOfTooManyAreRead() throws {
        networks.faces = (0..<6).map { .init(x: Float($0) * 50, y: 60, width: 30 + Float($0), height: 30) }
        let (readings, _) = try analyzer(AnalysisSettings(groupLongSide: 320, mostGroupFaces: 2)).analyzeGroup(
            Self.frame)
        #expect(readings.map { ($0.face?.box.x ?? -1).rounded() } == [200, 250])
    }

    @Test func badBytesAreTheClientsError() throws {
        #expect(throws: ImageError.notAnImage) { try analyzer().analyze([1, 2, 3]) }
        #expect(throws: ImageError.truncated) { try analyzer().analyze(Array(Self.frame.dropLast(20))) }
        #expect(throws: ImageError.truncated) { try analyzer().analyze(Array(Self.frame.dropLast(20)), cropped: true) }
        #expect(throws: ImageError.truncated) { try analyzer().analyzeGroup(Array(Self.frame.dropLast(20))) }
    }
}

private struct Refusing: Network {
    struct Called: Error {}
    func run(_ input: Tensor) throws -> [String: Tensor] { throw Called() }
}
