import Imaging

/// Where a face lies in the 48 × 48 pictures that the classifier reads: FER2013's own framing.
///
/// The one rule for cutting a face out of a picture. `Training/classpulse_training/crop.py` holds the same numbers and
/// the same arithmetic, and a test compares the grey levels of both.
public enum FaceFraming {
    /// Pixels of either side.
    public static let side = 48

    /// The picture's left eye, right eye, nose tip, left and right mouth corner in the 48 × 48 picture, whose area is
    /// 0…48 × 0…48. Medians of what the detector finds in FER2013's training faces, made symmetric about the middle:
    /// `Training/classpulse_training/framing.py` measures them.
    public static let points: [SIMD2<Double>] = [
        SIMD2(15.2, 19.1), SIMD2(32.8, 19.1), SIMD2(24.0, 29.1), SIMD2(16.9, 37.6), SIMD2(31.1, 37.6),
    ]

    /// The similarity (turn, magnification, shift) that takes the framing's points to a face's five points with the
    /// least squared error: it maps a position in the 48 × 48 picture to one in the face's picture.
    /// Nil where the points are not five, not finite, or all in one place.
    public static func map(to face: [SIMD2<Double>]) -> AffineMap? {
        guard face.count == points.count, face.allSatisfy({ abs($0.x) < 1e7 && abs($0.y) < 1e7 }) else { return nil }
        let count = Double(points.count)
        let framingCentre = points.reduce(.zero, +) / count
        let faceCentre = face.reduce(.zero, +) / count
        var (along, across, square) = (0.0, 0.0, 0.0)
        for (point, target) in zip(points, face) {
            let p = point - framingCentre
            let q = target - faceCentre
            along += p.x * q.x + p.y * q.y
            across += p.x * q.y - p.y * q.x
            square += p.x * p.x + p.y * p.y
        }
        let (a, b) = (along / square, across / square)
        guard a * a + b * b > 1e-6 else { return nil }
        return AffineMap(
            a: a, b: -b, tx: faceCentre.x - (a * framingCentre.x - b * framingCentre.y),
            c: b, d: a, ty: faceCentre.y - (b * framingCentre.x + a * framingCentre.y))
    }
}

/// Cuts faces out of pictures.
public enum FaceCropper {
    /// The face upright in FER2013's framing, 48 × 48; what lies outside the picture repeats its border.
    /// Nil where the five points are degenerate.
    public static func crop(_ face: DetectedFace, from picture: DecodedImage) -> GreyImage? {
        guard let map = FaceFraming.map(to: face.points) else { return nil }
        let local = map.followed(byScale: 1 / picture.scale, offset: -picture.offset / picture.scale)
        return picture.image.warped(by: local, width: FaceFraming.side, height: FaceFraming.side)
    }

    /// A picture that is a face already: its middle square at 48 × 48.
    public static func crop(whole image: GreyImage) -> GreyImage {
        let side = min(image.width, image.height)
        let square = image.cropped(
            x: (image.width - side) / 2, y: (image.height - side) / 2, width: side, height: side)
        return square.resized(width: FaceFraming.side, height: FaceFraming.side)
    }
}
