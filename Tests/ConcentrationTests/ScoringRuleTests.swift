import Concentration
import Foundation
import StrictJSON
import Testing
import TestSupport

@Suite struct ScoringRuleTests {
    let file = Fixtures.packageRoot.appendingPathComponent("Config/scoring.json")
    let open = Gates(presence: 1, quality: 1)

    @Test func theEmbeddedRuleIsTheCommittedFile() throws {
        #expect(try ScoringRule(parsing: Array(Data(contentsOf: file))) == .convention)
    }

    @Test func aRuleComesBackFromItsJSON() throws {
        for rule in [ScoringRule.convention, .presence] {
            #expect(try ScoringRule(parsing: rule.json.bytes) == rule)
        }
    }

    @Test func theScoreIsTheWeightedSumTimesTheGates() {
        let rule = ScoringRule.convention
        for (index, expression) in FacialExpression.allCases.enumerated() {
            var values = Array(repeating: 0.0, count: 7)
            values[index] = 1
            let score = rule.score(ExpressionProbabilities(values), gates: open)
            #expect(score.score == [0.25, 0.30, 0.30, 0.60, 0.30, 0.60, 0.90][index], "\(expression)")
            #expect(score.rule == "convention@1")
        }
        let mixed = rule.score(
            ExpressionProbabilities([0.1, 0, 0, 0.4, 0, 0, 0.5]), gates: Gates(presence: 0.5, quality: 1))
        // 0.5 · (0.1 · 0.25 + 0.4 · 0.6 + 0.5 · 0.9)
        #expect(abs((mixed.score ?? .nan) - 0.3575) < 1e-15)
    }

    @Test func levelsBeginAtTheirThresholds() {
        let levels = LevelThresholds.standard
        for (score, level) in [
            (1.0, Level.high), (0.70, .high), (0.7.nextDown, .medium), (0.45, .medium), (0.45.nextDown, .low),
            (0, .low),
        ] {
            #expect(levels.level(of: score) == level, "\(score)")
        }
        for score in [nil, Double.nan, .infinity] {
            #expect(levels.level(of: score) == .unknown, "\(String(describing: score))")
        }
    }

    @Test func withoutAReadingTheLevelIsUnknown() {
        let unreadable = ExpressionProbabilities([.nan, 0, 0, 0, 0, 0, 1])
        for score in [
            ScoringRule.convention.score(nil, gates: open), ScoringRule.convention.score(unreadable, gates: open),
            ScoringRule.convention.score(
                ExpressionProbabilities(Array(repeating: 0.1, count: 7)), gates: Gates(presence: .nan, quality: 1)),
            ScoringRule.convention.unknown(),
        ] {
            #expect(score.score == nil)
            #expect(score.level == .unknown)
        }
    }

    @Test func presenceReadsNoExpression() {
        let score = ScoringRule.presence.score(nil, gates: Gates(presence: 0.8, quality: 0.5))
        #expect(
            score
                == ConcentrationScore(
                    score: 0.4, level: .low, rule: "presence@1", gates: Gates(presence: 0.8, quality: 0.5)))
    }

    /// Each change of the committed file, and the error that names it.
    @Test(arguments: [
        (#""name""#, #""title""#, ScoringRuleError.unknownKey("title")),
        (#""sad": 0.30, "#, "", .missingKey("weights.sad")),
        (#""sad": 0.30"#, #""contempt": 0.3, "sad": 0.30"#, .unknownKey("weights.contempt")),
        (#""sad": 0.30"#, #""sad": 1.5"#, .outOfRange(key: "weights.sad", value: 1.5, low: 0, high: 1)),
        (#""sad": 0.30"#, #""sad": -0.1"#, .outOfRange(key: "weights.sad", value: -0.1, low: 0, high: 1)),
        (#""sad": 0.30"#, #""sad": "0.3""#, .wrongType(key: "weights.sad", expected: "a number", found: "a string")),
        (#""high": 0.70"#, #""high": 0.45"#, .thresholdsOutOfOrder(high: 0.45, medium: 0.45)),
        (#""name": "convention""#, #""name": "a b""#, .invalidName("a b")),
        (#""name": "convention""#, #""name": """#, .invalidName("")),
        (#""version": 1"#, #""version": 1.5"#, .invalidVersion(1.5)),
        (#""version": 1"#, #""version": 0"#, .invalidVersion(0)),
        (
            #""note": "convention, not validated""#, #""note": 7"#,
            .wrongType(key: "note", expected: "a string", found: "a number")
        ),
        (
            #""levels": { "high": 0.70, "medium": 0.45 }"#, #""levels": []"#,
            .wrongType(key: "levels", expected: "an object", found: "an array")
        ),
        (
            #""yaw": { "none": 60, "full": 30 }"#, #""yaw": { "none": 30, "full": 60 }"#,
            .rampOutOfOrder(key: "gates.presence.yaw", none: 30, full: 60)
        ),
        (
            #""contrast": { "none": 12, "full": 12 }"#, #""contrast": { "none": 12 }"#,
            .missingKey("gates.quality.contrast.full")
        ),
        (#""darkest""#, #""darker""#, .unknownKey("gates.quality.darker")),
    ])
    func anErrorNamesWhatIsWrong(old: String, new: String, error: ScoringRuleError) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        try #require(text.contains(old), "\(old)")
        #expect(throws: error, "\(new)") {
            try ScoringRule(parsing: Array(text.replacingOccurrences(of: old, with: new).utf8))
        }
    }

    @Test func whatIsNoObjectIsRefused() {
        #expect(throws: ScoringRuleError.self) { try ScoringRule(parsing: Array("{".utf8)) }
        #expect(throws: ScoringRuleError.wrongType(key: "the file", expected: "an object", found: "an array")) {
            try ScoringRule(parsing: Array("[]".utf8))
        }
    }
}

@Suite struct GateTests {
    static func face(
        height: Double = 200, score: Double = 0.99, _ change: (inout FaceQuality) -> Void = { _ in }
    ) -> Face {
        var quality = FaceQuality(brightness: 120, contrast: 50, sharpness: 200, yaw: 0, pitch: 0, roll: 0)
        change(&quality)
        return Face(box: Box(x: 0, y: 0, width: height, height: height), landmarks: [], score: score, quality: quality)
    }

    @Test func aClearFaceOpensBothGates() {
        let assessment = GateDefinitions.standard.assess(Self.face(), visibleShare: 1)
        #expect(assessment == FaceAssessment(gates: Gates(presence: 1, quality: 1), reasons: []))
    }

    @Test(arguments: [
        (face(height: 23), 1.0, Reason.smallFace), (face(score: 0.4), 1, .lowDetectionScore), (face(), 0.5, .faceCut),
        (face { $0.brightness = 10 }, 1, .lowBrightness), (face { $0.brightness = 250 }, 1, .highBrightness),
        (face { $0.contrast = 5 }, 1, .lowContrast), (face { $0.sharpness = 1 }, 1, .lowSharpness),
        (face { $0.contrast = .nan }, 1, .lowContrast),
    ])
    func aBadPictureShutsTheQualityGate(face: Face, visible: Double, reason: Reason) {
        let assessment = GateDefinitions.standard.assess(face, visibleShare: visible)
        #expect(assessment == FaceAssessment(gates: Gates(presence: 1, quality: 0), reasons: [reason]))
        #expect(!assessment.isUsable)
    }

    @Test func turningAwayClosesThePresenceGateSlowly() {
        for (yaw, pitch, presence) in [
            (30.0, 0.0, 1.0), (-45, 0, 0.5), (60, 0, 0), (90, 0, 0), (0, -37.5, 0.5), (45, 37.5, 0.25),
        ] {
            let face = Self.face { ($0.yaw, $0.pitch) = (yaw, pitch) }
            let assessment = GateDefinitions.standard.assess(face, visibleShare: 1)
            #expect(assessment.gates == Gates(presence: presence, quality: 1), "\(yaw) \(pitch)")
            #expect(assessment.reasons == (presence < 1 ? [.extremePose] : []), "\(yaw) \(pitch)")
            #expect(assessment.isUsable)
        }
    }

    @Test func rampsAreStraight() {
        var gates = GateDefinitions.standard
        gates.contrast = Ramp(none: 10, full: 30)
        for (contrast, quality) in [(10.0, 0.0), (15, 0.25), (20, 0.5), (30, 1), (31, 1)] {
            let face = Self.face { $0.contrast = contrast }
            #expect(gates.assess(face, visibleShare: 1).gates.quality == quality, "\(contrast)")
        }
    }
}
