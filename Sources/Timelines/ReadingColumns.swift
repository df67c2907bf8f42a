import Concentration

/// The columns of one face's reading, shared by `frames` and `group_faces`.
enum ReadingColumns {
    static let names = [
        "status", "reasons", "box_x", "box_y", "box_width", "box_height", "landmarks", "face_score",
        "brightness", "contrast", "sharpness", "yaw", "pitch", "roll",
        "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral",
        "score", "level", "gate_presence", "gate_quality", "rule",
    ]

    /// Values to bind, in the order of `names`; `rule` is the key of the rule's label.
    static func values(of reading: FrameReading, rule: Int64) -> [(any SQLValue)?] {
        let (face, quality) = (reading.face, reading.face?.quality)
        let probabilities = reading.expressions?.values
        let score = reading.concentration
        var values: [(any SQLValue)?] = [
            reading.status.rawValue, reading.reasons.map(\.rawValue).joined(separator: ","),
            face?.box.x, face?.box.y, face?.box.width, face?.box.height, face.map { bytes(of: $0.landmarks) },
            face?.score,
            quality?.brightness, quality?.contrast, quality?.sharpness, quality?.yaw, quality?.pitch, quality?.roll,
        ]
        for index in FacialExpression.allCases.indices { values.append(probabilities?[index]) }
        values += [score.score, score.level.rawValue, score.gates.presence, score.gates.quality, rule]
        return values
    }

    /// A reading from columns selected in the order of `names`, but with the rule's text in place of its key.
    static func reading(_ row: Row, from first: Int32, table: String) throws(StoreError) -> FrameReading {
        var reasons: [Reason] = []
        for raw in row.text(first + 1).split(separator: ",") {
            guard let reason = Reason(rawValue: String(raw)) else {
                throw .corruptRow(table: table, column: "reasons", value: String(raw))
            }
            reasons.append(reason)
        }
        let level: Level = try row.value(first + 22, of: table, "level")
        let gates = Gates(presence: row.real(first + 23), quality: row.real(first + 24))
        return FrameReading(
            status: try row.value(first, of: table, "status"), reasons: reasons, face: face(row, from: first + 2),
            expressions: row.isNull(first + 14)
                ? nil : ExpressionProbabilities((first + 14..<first + 21).map(row.real)),
            concentration: ConcentrationScore(
                score: row.optional(first + 21, Row.real), level: level, rule: row.text(first + 25), gates: gates))
    }

    private static func face(_ row: Row, from first: Int32) -> Face? {
        guard !row.isNull(first) else { return nil }
        let box = Box(
            x: row.real(first), y: row.real(first + 1), width: row.real(first + 2), height: row.real(first + 3))
        let quality =
            row.isNull(first + 6)
            ? nil
            : FaceQuality(
                brightness: row.real(first + 6), contrast: row.real(first + 7), sharpness: row.real(first + 8),
                yaw: row.real(first + 9), pitch: row.real(first + 10), roll: row.real(first + 11))
        return Face(
            box: box, landmarks: points(from: row.blob(first + 4)), score: row.real(first + 5), quality: quality)
    }

    /// x and y of each point as little-endian IEEE 754 doubles.
    static func bytes(of points: [Point]) -> [UInt8] {
        points.flatMap { point in
            [point.x, point.y].flatMap { value in
                withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
            }
        }
    }

    static func points(from bytes: [UInt8]) -> [Point] {
        let values = stride(from: 0, through: bytes.count - 8, by: 8).map { offset in
            Double(bitPattern: bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
        return stride(from: 0, to: values.count - 1, by: 2).map { Point(x: values[$0], y: values[$0 + 1]) }
    }
}
