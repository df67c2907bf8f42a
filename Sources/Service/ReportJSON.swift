import Concentration
import StrictJSON

extension FrameReport {
    /// The FrameReport of Docs/API.md.
    public var json: JSON {
        .object(
            [
                JSON.Member("frame_id", .string(id)), JSON.Member("session", .string(session)),
                JSON.Member("student", .string(student)), JSON.Member("captured_at", .string(capturedAt.text)),
            ] + reading.members + [JSON.Member("model", .string(model)), JSON.Member("timing_ms", timing.json)])
    }
}

extension FrameReading {
    /// Status, reasons, face, expressions, expression and concentration.
    public var members: [JSON.Member] {
        [
            JSON.Member("status", .string(status.rawValue)),
            JSON.Member("reasons", .array(reasons.map { .string($0.rawValue) })),
            JSON.Member("face", face?.json ?? .null),
            JSON.Member("expressions", expressions?.json ?? .null),
            JSON.Member("expression", .text(expressions?.strongest.rawValue)),
            JSON.Member("concentration", concentration.json),
        ]
    }
}

extension Face {
    /// Box and landmarks to a tenth of a pixel.
    public var json: JSON {
        [
            "box": .array([box.x, box.y, box.width, box.height].map { .rounded($0, places: 1) }),
            "landmarks": .array(landmarks.map { [.rounded($0.x, places: 1), .rounded($0.y, places: 1)] }),
            "score": .rounded(score),
            "quality": quality?.json ?? .null,
        ]
    }
}

extension FaceQuality {
    public var json: JSON {
        [
            "brightness": .rounded(brightness, places: 1), "contrast": .rounded(contrast, places: 1),
            "sharpness": .rounded(sharpness, places: 1), "yaw": .rounded(yaw, places: 1),
            "pitch": .rounded(pitch, places: 1), "roll": .rounded(roll, places: 1),
        ]
    }
}

extension ExpressionProbabilities {
    /// Six places, so that a score can be recomputed from them.
    public var json: JSON {
        .object(FacialExpression.allCases.map { JSON.Member($0.rawValue, .rounded(self[$0], places: 6)) })
    }
}

extension ConcentrationScore {
    public var json: JSON {
        [
            "score": .rounded(score, places: 6), "level": .string(level.rawValue), "rule": .string(rule),
            "gates": ["presence": .rounded(gates.presence, places: 6), "quality": .rounded(gates.quality, places: 6)],
        ]
    }
}

extension Timing {
    public var json: JSON {
        [
            "decode": .rounded(decode, places: 3), "detect": .rounded(detect, places: 3),
            "classify": .rounded(classify, places: 3), "total": .rounded(total, places: 3),
        ]
    }
}
