import Vision

/// Which of the faces in a student's frame is the student's.
struct FaceChoice {
    /// The face with the largest product of area and nearness, where nearness falls from 1 in the middle of the picture
    /// to 1/2 in its corners: a student sits before the camera, others pass behind or look in from the side.
    let student: DetectedFace
    /// Another face has at least the given share of the student's face's area.
    let isContested: Bool

    /// Nil without faces.
    init?(_ faces: [DetectedFace], width: Int, height: Int, severalFacesShare: Double) {
        let centre = SIMD2(Double(width), Double(height)) / 2
        func weight(_ face: DetectedFace) -> Double {
            let away = face.box.centre - centre
            let distance = ((away * away).sum() / (centre * centre).sum()).squareRoot()
            return face.box.area * (1 - min(distance, 1) / 2)
        }
        guard let best = faces.indices.max(by: { weight(faces[$0]) < weight(faces[$1]) }) else { return nil }
        student = faces[best]
        let limit = severalFacesShare * student.box.area
        isContested = faces.indices.contains { $0 != best && faces[$0].box.area >= limit }
    }
}
