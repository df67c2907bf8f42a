import Foundation
import Imaging
import TestSupport
import Testing

struct ImageDecoderTests {
    @Test func theExpectationsAreThere() { #expect(Pictures.names.count >= 16) }

    @Test(arguments: Pictures.names)
    func greyLevelsEqualPillows(name: String) throws {
        let decoded = try ImageDecoder.decode(Pictures.bytes(name))
        let expected = try #require(Pictures.expected[name])
        var found = decoded.image
        if name == "orientation-6.png" { found = found.rotatedBack }
        // CMYK goes to grey by way of RGB in Pillow, which rounds once more.
        let difference = try #require(found.largestDifference(expected.image), "\(found.width) × \(found.height)")
        #expect(difference <= (name == "cmyk.jpg" ? 1 : 0))
        #expect(decoded.scale == 1 && decoded.offset == .zero)
    }

    @Test(arguments: Pictures.names.filter { Pictures.expected[$0]?.scaled != nil }, [2, 4, 8])
    func scaledJPEGEqualsPillows(name: String, denominator: Int) throws {
        let expected = try #require(Pictures.expected[name]?.scaled?["\(denominator)"])
        let bytes = try Pictures.bytes(name)
        let decoded = try ImageDecoder.decode(bytes, longSideAtLeast: 45 / denominator)
        #expect(decoded.scale == Double(denominator))
        #expect(decoded.fullWidth == 45 && decoded.fullHeight == 37)
        #expect(decoded.image.largestDifference(expected.image) == 0)
    }

    @Test(arguments: [(1, 8), (22, 2), (23, 1), (11, 4), (12, 2), (5, 8), (6, 4), (45, 1), (46, 1), (10_000, 1)])
    func theScaleKeepsTheLongSide(least: Int, expected: Int) throws {
        let decoded = try ImageDecoder.decode(Pictures.bytes("colour.jpg"), longSideAtLeast: least)
        #expect(decoded.scale == Double(expected), "at least \(least)")
        let short = min(decoded.fullWidth, decoded.fullHeight)
        let other = try ImageDecoder.decode(Pictures.bytes("colour.jpg"), shortSideAtLeast: short / expected)
        #expect(other.scale == Double(expected), "shorter side at least \(short / expected)")
        #expect(decoded.image.width == (45 + Int(decoded.scale) - 1) / Int(decoded.scale))
    }

    /// The expected picture is built from the definition in Exif 2.32, 4.6.4: which stored side is which visual side.
    @Test(arguments: 1...8)
    func orientation(_ value: Int) throws {
        let stored = try #require(Pictures.expected["grey.jpg"]).image
        let (w, h) = (stored.width, stored.height)
        let expected: GreyImage =
            switch value {
            case 2: .drawn(w, h) { x, y in stored[w - 1 - x, y] }
            case 3: .drawn(w, h) { x, y in stored[w - 1 - x, h - 1 - y] }
            case 4: .drawn(w, h) { x, y in stored[x, h - 1 - y] }
            case 5: .drawn(h, w) { x, y in stored[y, x] }
            case 6: .drawn(h, w) { x, y in stored[y, h - 1 - x] }
            case 7: .drawn(h, w) { x, y in stored[w - 1 - y, h - 1 - x] }
            case 8: .drawn(h, w) { x, y in stored[w - 1 - y, x] }
            default: stored
            }
        let bytes = try Pictures.bytes("orientation-\(value).jpg")
        let decoded = try ImageDecoder.decode(bytes)
        #expect(decoded.image.largestDifference(expected) == 0)
        #expect(decoded.fullWidth == expected.width && decoded.fullHeight == expected.height)

        // Scaled by 4, 45 × 37 becomes 12 × 10, of which the last column and row stand for one pixel each.
        let scaled = try ImageDecoder.decode(bytes, longSideAtLeast: 11)
        let columnsReversed = [2, 3, 7, 8].contains(value) ? -3.0 : 0
        let rowsReversed = [3, 4, 6, 7].contains(value) ? -3.0 : 0
        #expect(
            scaled.offset
                == (value >= 5 ? SIMD2(rowsReversed, columnsReversed) : SIMD2(columnsReversed, rowsReversed)))
        #expect(scaled.fromFull(scaled.toFull(SIMD2(3.25, 4.5))) == SIMD2(3.25, 4.5))
        #expect(scaled.fullWidth == expected.width && scaled.fullHeight == expected.height)
    }

    /// However the picture is stored, decoding it smaller moves the disc of the drawing by the same little distance.
    @Test(arguments: 1...8, [2, 4])
    func scaledPositionsAgree(value: Int, denominator: Int) throws {
        func distance(_ value: Int) throws -> Double {
            let bytes = try Pictures.bytes("orientation-\(value).jpg")
            let full = try ImageDecoder.decode(bytes).darkCentre
            let scaled = try ImageDecoder.decode(bytes, longSideAtLeast: 45 / denominator).darkCentre
            return ((full - scaled) * (full - scaled)).sum().squareRoot()
        }
        let (found, upright) = (try distance(value), try distance(1))
        #expect(abs(found - upright) < 1e-9 && found < 3, "moved by \(found), upright by \(upright)")
    }

    @Test func aRealPhoto() throws {
        let bytes = [UInt8](try Data(contentsOf: Fixtures.picture("astronaut.png")))
        let decoded = try ImageDecoder.decode(bytes, longSideAtLeast: 320)
        #expect(decoded.image.width == 512 && decoded.image.height == 512 && decoded.scale == 1)
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let image = try #require(Pictures.expected["grey.png"]).image
        #expect(try ImageDecoder.decode(PNGWriter.encode(image)).image == image)
        let rgb = image.pixels.flatMap { [$0, $0, $0] }
        let file = PNGWriter.encode(rgb: rgb, width: image.width, height: image.height)
        #expect(try ImageDecoder.decode(file).image == image)
    }
}

extension GreyImage {
    static func drawn(_ width: Int, _ height: Int, _ level: (Int, Int) -> UInt8) -> GreyImage {
        var image = GreyImage(width: width, height: height, filledWith: 0)
        for y in 0..<height {
            for x in 0..<width { image[x, y] = level(x, y) }
        }
        return image
    }

    /// Undoes orientation 6.
    var rotatedBack: GreyImage { .drawn(height, width) { x, y in self[width - 1 - y, x] } }
}

extension DecodedImage {
    /// The centre of mass of the darkest pixels in full-size coordinates.
    fileprivate var darkCentre: SIMD2<Double> {
        var (sum, mass) = (SIMD2<Double>.zero, 0.0)
        for y in 0..<image.height {
            for x in 0..<image.width {
                let weight = max(0, 70 - Double(image[x, y]))
                sum += weight * SIMD2(Double(x) + 0.5, Double(y) + 0.5)
                mass += weight
            }
        }
        return toFull(sum / mass)
    }
}
