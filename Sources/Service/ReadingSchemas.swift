import Concentration
import StrictJSON

extension Schemas {
    private static let shares = object(FacialExpression.allCases.map { ($0.rawValue, share) })
    private static let point: JSON = ["type": "array", "items": number, "minItems": 2, "maxItems": 2]
    private static let reading: [(String, JSON)] = [
        ("status", oneOf(["scored", "no_face", "several_faces", "low_quality"])),
        ("reasons", list(oneOf(Reason.allCases.map(\.rawValue)))),
        ("face", nullable(reference("Face"))), ("expressions", nullable(shares)),
        ("expression", nullable(oneOf(FacialExpression.allCases.map(\.rawValue)))),
        ("concentration", reference("Concentration")),
    ]

    /// What one picture said.
    static let readings: [JSON.Member] = [
        JSON.Member(
            "Face",
            object([
                ("box", ["type": "array", "items": number, "minItems": 4, "maxItems": 4]),
                ("landmarks", ["type": "array", "items": point, "maxItems": 5]), ("score", share),
                (
                    "quality",
                    nullable(
                        object(["brightness", "contrast", "sharpness", "yaw", "pitch", "roll"].map { ($0, number) }))
                ),
            ])),
        JSON.Member(
            "Concentration",
            object([
                ("score", nullable(share)), ("level", level), ("rule", string),
                ("gates", object([("presence", share), ("quality", share)])),
            ])),
        JSON.Member("Timing", object(["decode", "detect", "classify", "total"].map { ($0, number) })),
        JSON.Member(
            "FrameReport",
            object(
                [("frame_id", string), ("session", identifier), ("student", identifier), ("captured_at", time)]
                    + reading
                    + [("model", string), ("timing_ms", reference("Timing"))])),
        JSON.Member("GroupFace", object(reading)),
        JSON.Member(
            "GroupReport",
            object([
                ("frame_id", string), ("session", identifier), ("captured_at", time),
                ("faces", list(reference("GroupFace"))), ("model", string), ("timing_ms", reference("Timing")),
            ])),
        JSON.Member(
            "FrameResults",
            object([
                (
                    "results",
                    list(
                        object([
                            ("status", ["type": "integer"]), ("report?", reference("FrameReport")),
                            ("error?", Schemas.errorBody),
                        ]))
                )
            ])),
    ]

    static let errorBody = object([
        ("code", string), ("message", string), ("request_id", string), ("retryable", boolean),
    ])

    /// What is read back.
    static let views: [JSON.Member] = [
        JSON.Member(
            "Window",
            object([
                ("start", time), ("end", time), ("received", count), ("scored", count), ("coverage", share),
                ("score", nullable(share)), ("smoothed", nullable(share)), ("level", level),
                ("expressions", nullable(shares)),
            ])),
        JSON.Member(
            "Timeline",
            object([
                ("session", identifier), ("student", identifier), ("resolution", oneOf(["frame", "10s", "60s"])),
                ("windows?", list(reference("Window"))), ("frames?", list(reference("FrameReport"))),
                ("next", nullable(string)),
            ])),
        JSON.Member(
            "Report",
            object([
                ("class", identifier), ("student", identifier), ("display_name", label),
                ("session", nullable(identifier)),
                (
                    "sessions",
                    list(
                        object([
                            ("id", identifier), ("title", label), ("started_at", time), ("mean", nullable(share)),
                            ("coverage", share),
                        ]))
                ),
                ("from", nullable(time)), ("to", nullable(time)),
                ("frames", object([("received", count), ("scored", count)])), ("mean", nullable(share)),
                ("quantiles", nullable(object(["p10", "p25", "p50", "p75", "p90"].map { ($0, share) }))),
                ("level", level), ("time_per_level", object(Level.allCases.map { ($0.rawValue, number) })),
                ("coverage", share), ("expressions", nullable(shares)),
                ("low_episodes", list(object([("start", time), ("end", time), ("mean", share)]))),
                ("trend", nullable(number)), ("rule", string), ("rules", list(string)),
            ])),
        JSON.Member(
            "Dashboard",
            object([
                ("session", reference("Session")), ("mode", oneOf(["individual", "aggregate"])), ("rule", string),
                ("rules", list(string)),
                ("generated_at", time), ("poll_after_ms", count), ("class", reference("ClassFigures")),
                ("students", list(reference("DashboardStudent"))),
            ])),
        JSON.Member(
            "ClassFigures",
            object([
                ("students", count), ("present", count), ("group_faces", count), ("median", nullable(share)),
                ("q1", nullable(share)),
                ("q3", nullable(share)), ("level", level), ("coverage", nullable(share)),
                ("expressions", nullable(shares)),
                (
                    "timeline",
                    object([
                        ("start", time), ("step_s", count), ("median", list(nullable(share))),
                        ("q1", list(nullable(share))), ("q3", list(nullable(share))),
                        ("coverage", list(nullable(share))),
                    ])
                ),
            ])),
        JSON.Member(
            "DashboardStudent",
            object([
                ("student", identifier), ("display_name", label),
                ("status", nullable(oneOf(["scored", "no_face", "several_faces", "low_quality"]))),
                ("score", nullable(share)), ("level", level),
                ("expression", nullable(oneOf(FacialExpression.allCases.map(\.rawValue)))), ("trend", nullable(number)),
                ("last_seen", nullable(time)), ("coverage", share), ("spark", list(nullable(count))),
            ])),
    ]
}
