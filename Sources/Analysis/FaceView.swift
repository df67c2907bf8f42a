import Concentration
import Imaging
import Vision

/// A face as it is reported, its crop, and what the gates say of both.
public struct FaceView {
    public let face: Face
    /// 48 × 48; nil where the points of the face allow no crop.
    let crop: GreyImage?
    public let assessment: FaceAssessment

    public init(_ detected: DetectedFace, in picture: DecodedImage, rule: ScoringRule) {
        crop = FaceCropper.crop(detected, from: picture)
        let pose = HeadPose(points: detected.points)
        face = Face(detected, quality: crop.map { FaceQuality(CropQuality($0), pose) })
        let share = detected.visibleShare(width: picture.fullWidth, height: picture.fullHeight)
        assessment = rule.gates.assess(face, visibleShare: share)
    }

    /// A picture that is a face already. Its pose is not known and counts as facing the camera.
    init(whole picture: DecodedImage, rule: ScoringRule) {
        let crop = FaceCropper.crop(whole: picture.image)
        let size = SIMD2(Double(picture.fullWidth), Double(picture.fullHeight))
        self.crop = crop
        face = Face(
            box: Box(x: 0, y: 0, width: size.x, height: size.y), landmarks: [], score: 1,
            quality: FaceQuality(CropQuality(crop), HeadPose(points: [])))
        assessment = rule.gates.assess(face, visibleShare: 1)
    }
}

extension Face {
    init(_ detected: DetectedFace, quality: FaceQuality?) {
        let box = detected.box
        self.init(
            box: Box(x: box.x, y: box.y, width: box.width, height: box.height),
            landmarks: detected.points.map { Point(x: $0.x, y: $0.y) }, score: detected.score, quality: quality)
    }
}

extension FaceQuality {
    init(_ crop: CropQuality, _ pose: HeadPose) {
        self.init(
            brightness: crop.brightness, contrast: crop.contrast, sharpness: crop.sharpness, yaw: pose.yaw,
            pitch: pose.pitch, roll: pose.roll)
    }
}
