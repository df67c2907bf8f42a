/// A face as the detector reports it.
public struct DetectedFace: Sendable, Hashable {
    /// May reach beyond the picture where the face is cut at its border.
    public var box: Rectangle
    /// The picture's left eye, right eye, nose tip, left and right mouth corner.
    public var points: [SIMD2<Double>]
    /// The detector's confidence, 0…1.
    public var score: Double

    public init(box: Rectangle, points: [SIMD2<Double>], score: Double) {
        (self.box, self.points, self.score) = (box, points, score)
    }

    /// Share of the box that lies inside a picture of this size, 0…1.
    public func visibleShare(width: Int, height: Int) -> Double {
        box.area > 0
            ? box.overlap(Rectangle(x: 0, y: 0, width: Double(width), height: Double(height))) / box.area : 0
    }

    func mapped(_ transform: (SIMD2<Double>) -> SIMD2<Double>) -> DetectedFace {
        let topLeft = transform(SIMD2(box.x, box.y))
        let bottomRight = transform(SIMD2(box.x + box.width, box.y + box.height))
        let size = bottomRight - topLeft
        return DetectedFace(
            box: Rectangle(x: topLeft.x, y: topLeft.y, width: size.x, height: size.y), points: points.map(transform),
            score: score)
    }
}

extension [DetectedFace] {
    /// Non-maximum suppression: of faces that overlap by more than `overlap` (intersection over union), or of which one
    /// has more than `nested` of its area in the other, the most confident stays. The result is ordered by falling score.
    func suppressed(overlap: Double, nested: Double = 0.75) -> [DetectedFace] {
        var kept: [DetectedFace] = []
        for face in sorted(by: { $0.score > $1.score })
        where kept.allSatisfy({
            $0.box.iou(face.box) <= overlap
                && $0.box.overlap(face.box) <= nested * Swift.min($0.box.area, face.box.area)
        }) {
            kept.append(face)
        }
        return kept
    }
}
