import Imaging
import Testing

struct ToneTests {
    /// A power curve carries a flat picture to 51, but never does more than the square root.
    @Test(arguments: [(20, 51), (50, 51), (4, 32), (1, 16), (0, 0)] as [(UInt8, UInt8)])
    func darkPicturesBecomeLighter(level: UInt8, expected: UInt8) {
        let dark = GreyImage(width: 5, height: 3, filledWith: level)
        #expect(dark.brightened() == GreyImage(width: 5, height: 3, filledWith: expected))
    }

    @Test(arguments: [51, 52, 128, 255] as [UInt8])
    func othersStayAsTheyAre(level: UInt8) {
        let light = GreyImage(width: 5, height: 3, filledWith: level)
        #expect(light.brightened() == light)
    }

    /// Order and both ends stay; `brightened` of `Training/classpulse_training/detector/decode.py` gives these levels.
    @Test func theCurveIsMonotonic() {
        let ramp = GreyImage(width: 4, height: 2, pixels: [0, 1, 5, 10, 20, 40, 60, 128])
        #expect(ramp.brightened().pixels == [0, 3, 12, 20, 34, 59, 82, 148])
    }
}
