import Imaging
import Testing

struct WarpTests {
    /// A plane of grey levels is reproduced by any interpolation, wherever no border is met.
    static let plane = GreyImage.drawn(120, 90) { x, y in UInt8(20 + x + y) }

    @Test(arguments: [0.5, 0.8, 1, 1.3, 2, 2.6, 3.4], [0.0, 0.3, -0.7])
    func aPlaneStaysAPlane(scale: Double, angle: Double) {
        let map = similarity(scale: scale, angle: angle, centre: SIMD2(60, 45), of: SIMD2(6, 5))
        let warped = Self.plane.warped(by: map, width: 12, height: 10)
        for y in 0..<10 {
            for x in 0..<12 {
                let point = map(SIMD2(Double(x) + 0.5, Double(y) + 0.5))
                let expected = 20 + (point.x - 0.5) + (point.y - 0.5)
                #expect(abs(Double(warped[x, y]) - expected) <= 0.51, "(\(x), \(y)) scale \(scale) angle \(angle)")
            }
        }
    }

    @Test func theIdentityChangesNothing() {
        let map = AffineMap(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0)
        #expect(Self.plane.warped(by: map, width: 120, height: 90) == Self.plane)
    }

    /// Shrunk by a whole factor, each pixel is the mean of its square, to the rounding.
    @Test(arguments: [2, 3, 5])
    func shrinkingAverages(factor: Int) {
        let noise = GreyImage.drawn(60, 60) { x, y in UInt8(truncatingIfNeeded: (x &* 7919 &+ y &* 104_729) >> 3) }
        let map = AffineMap(a: Double(factor), b: 0, tx: 0, c: 0, d: Double(factor), ty: 0)
        let warped = noise.warped(by: map, width: 60 / factor, height: 60 / factor)
        for y in 0..<(60 / factor) {
            for x in 0..<(60 / factor) {
                var sum = 0
                for v in 0..<factor { for u in 0..<factor { sum += Int(noise[x * factor + u, y * factor + v]) } }
                let mean = Double(sum) / Double(factor * factor)
                #expect(abs(Double(warped[x, y]) - mean) <= 0.5, "(\(x), \(y)) factor \(factor)")
            }
        }
    }

    /// Outside, the nearest border pixel is shown, however far away; nothing traps.
    @Test(arguments: [-1e12, -5000, -40, 40, 5000, 1e12])
    func outsideIsTheBorder(shift: Double) {
        let map = AffineMap(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: shift)
        let warped = Self.plane.warped(by: map, width: 120, height: 5)
        if abs(shift) > 100 {
            for x in 0..<120 {
                #expect(warped[x, 2] == Self.plane[x, shift < 0 ? 0 : 89], "column \(x) shift \(shift)")
            }
        } else {
            #expect(warped[7, 2] == Self.plane[7, shift < 0 ? 0 : 42])
        }
    }

    @Test(arguments: [1e-9, 1e9]) func absurdScales(scale: Double) {
        let map = AffineMap(a: scale, b: 0, tx: 3, c: 0, d: scale, ty: 4)
        #expect(Self.plane.warped(by: map, width: 48, height: 48).pixels.count == 48 * 48)
    }

    private func similarity(scale: Double, angle: Double, centre: SIMD2<Double>, of: SIMD2<Double>) -> AffineMap {
        // sin and cos by the half-angle substitution: any t gives a rotation.
        let t = angle / 2
        let (sine, cosine) = (2 * t / (1 + t * t), (1 - t * t) / (1 + t * t))
        let (a, b) = (scale * cosine, -scale * sine)
        return AffineMap(
            a: a, b: b, tx: centre.x - a * of.x - b * of.y, c: -b, d: a, ty: centre.y + b * of.x - a * of.y)
    }
}

struct ResizeTests {
    /// Golden levels from Pillow 13: `Image.fromarray(a).resize((w, h), Image.Resampling.BILINEAR)` with
    /// `a = numpy.fromfunction(lambda y, x: (x * 37 + y * 91 + x * y * 5) % 256, (7, 9)).astype("uint8")`.
    @Test(arguments: golden.keys.sorted())
    func equalsPillow(size: String) throws {
        let source = GreyImage.drawn(9, 7) { x, y in UInt8((x * 37 + y * 91 + x * y * 5) % 256) }
        let parts = size.split(separator: "x").compactMap { Int($0) }
        let found = source.resized(width: parts[0], height: parts[1])
        let expected = GreyImage(width: parts[0], height: parts[1], pixels: try #require(Self.golden[size]))
        // Pillow rounds after each axis and works in fixed point.
        let difference = try #require(found.largestDifference(expected))
        #expect(difference <= 1)
    }

    @Test(arguments: [(1, 1), (1, 40), (40, 1), (13, 200)])
    func aFlatPictureStaysFlat(width: Int, height: Int) {
        let flat = GreyImage(width: 31, height: 17, filledWith: 200).resized(width: width, height: height)
        #expect(flat == GreyImage(width: width, height: height, filledWith: 200))
    }

    static let golden: [String: [UInt8]] = [
        "3x2": [114, 117, 131, 111, 135, 151],
        "18x14": [
            0, 9, 28, 46, 65, 83, 102, 120, 139, 157, 176, 194, 213, 167, 58, 12, 31, 40, 23, 32, 52, 71, 90, 109, 128,
            131, 119, 121, 141, 160, 179, 150, 73, 44, 64, 73, 68, 79, 99, 120, 140, 160, 181, 153, 78, 50, 70, 91, 111,
            115, 104, 108, 129, 138, 114, 125, 147, 152, 142, 148, 169, 143, 68, 42, 64, 85, 107, 129, 150, 156, 145,
            140, 159, 171, 194, 169, 95, 71, 93, 100, 91, 98, 121, 144, 166, 190, 212, 187, 114, 77, 141, 153, 177, 153,
            81, 58, 81, 106, 130, 138, 130, 138, 162, 187, 210, 187, 115, 79, 58, 71, 96, 106, 99, 109, 134, 159, 185,
            162, 91, 69, 94, 120, 145, 154, 148, 144, 40, 53, 80, 106, 133, 144, 138, 149, 176, 154, 85, 63, 90, 117,
            143, 154, 149, 146, 85, 99, 127, 155, 183, 163, 95, 74, 103, 114, 110, 122, 150, 178, 206, 185, 118, 83,
            131, 129, 127, 140, 169, 150, 83, 64, 94, 122, 152, 165, 162, 175, 204, 185, 119, 85, 176, 144, 78, 61, 91,
            105, 104, 118, 149, 179, 209, 192, 126, 108, 139, 153, 152, 150, 158, 126, 62, 45, 77, 109, 140, 156, 155,
            171, 203, 186, 122, 106, 137, 153, 152, 152, 75, 76, 77, 94, 126, 160, 192, 177, 114, 99, 132, 149, 149,
            167, 199, 184, 121, 89, 34, 51, 84, 118, 151, 185, 218, 188, 93, 63, 96, 130, 163, 197, 230, 200, 105, 58,
        ],
        "5x7": [
            21, 79, 148, 169, 37, 115, 180, 63, 82, 147, 191, 74, 114, 202, 147, 47, 128, 165, 67, 147, 141, 149, 80,
            187, 147, 106, 75, 191, 131, 148, 72, 176, 106, 172, 148,
        ],
        "9x3": [
            78, 119, 106, 147, 79, 120, 161, 111, 97, 92, 129, 121, 113, 150, 96, 133, 185, 117, 121, 74, 136, 144, 115,
            178, 131, 194, 110,
        ],
        "13x4": [
            48, 69, 93, 113, 139, 132, 84, 112, 139, 156, 91, 81, 96, 118, 143, 145, 86, 109, 126, 123, 106, 117, 150,
            182, 154, 108, 101, 104, 119, 159, 116, 104, 143, 133, 130, 137, 177, 154, 113, 108, 84, 78, 122, 159, 158,
            110, 154, 157, 134, 178, 155, 111,
        ],
        "1x1": [125],
    ]
}

struct CropTests {
    static let image = GreyImage.drawn(4, 3) { x, y in UInt8(10 * y + x) }

    @Test func inside() { #expect(Self.image.cropped(x: 1, y: 1, width: 2, height: 2).pixels == [11, 12, 21, 22]) }

    @Test func theBorderIsRepeatedOutside() {
        #expect(Self.image.cropped(x: -1, y: 2, width: 3, height: 2).pixels == [20, 20, 21, 20, 20, 21])
    }
}
