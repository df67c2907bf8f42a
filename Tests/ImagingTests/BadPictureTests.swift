import Imaging
import Testing

/// What must be refused, and how.
struct BadPictureTests {
    static let whole = [
        "colour.jpg", "progressive.jpg", "restarts.jpg", "cmyk.jpg", "grey-16.png", "interlaced.png",
        "palette-clear.png",
    ]

    /// A file cut anywhere is refused as truncated; shorter than its own signature it is no picture at all.
    @Test(arguments: whole)
    func everyPrefixIsRefused(name: String) throws {
        let bytes = try Pictures.bytes(name)
        let signature = name.hasSuffix(".png") ? 8 : 3
        for count in 0..<bytes.count {
            let error = refusal(Array(bytes[..<count]))
            #expect(
                error == (count < signature ? .notAnImage : .truncated), "the first \(count) of \(bytes.count) bytes")
        }
    }

    @Test(arguments: whole)
    func trailingBytesDoNotMatter(name: String) throws {
        let bytes = try Pictures.bytes(name)
        let junk: [UInt8] = [0, 1, 2, 0xFF, 0xD8, 0xFF, 0xE1, 9]
        #expect(try ImageDecoder.decode(bytes + junk).image == ImageDecoder.decode(bytes).image)
    }

    /// A file whose tail was replaced by an end marker has fewer rows than it says.
    @Test func missingRowsBeforeTheEndMarker() throws {
        let bytes = try Pictures.bytes("colour.jpg")
        let error = refusal(Array(bytes[..<(bytes.count - 120)]) + [0xFF, 0xD9])
        guard case .corrupt = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// Any changed byte gives a picture of the announced size or an error; libpng's check sums leave no doubt.
    @Test(arguments: whole)
    func changedBytes(name: String) throws {
        let bytes = try Pictures.bytes(name)
        for position in bytes.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                var changed = bytes
                changed[position] ^= mask
                if let decoded = try? ImageDecoder.decode(changed) {
                    #expect(decoded.image.pixels.count == decoded.image.width * decoded.image.height)
                    #expect(!name.hasSuffix(".png"), "byte \(position) xor \(mask) went unnoticed")
                }
            }
        }
    }

    @Test(arguments: [
        [], [0xFF], Array("GIF89a".utf8), Array("<html></html>".utf8), [UInt8](repeating: 0, count: 5000),
    ])
    func otherBytesAreNoPicture(bytes: [UInt8]) { #expect(refusal(bytes) == .notAnImage) }

    @Test func tooManyBytes() throws {
        let limits = ImageLimits(maxBytes: 100, maxPixels: 1000, minSide: 1)
        #expect(refusal(try Pictures.bytes("colour.jpg"), limits) == .tooManyBytes(1129, limit: 100))
    }

    @Test(arguments: [(1, 1), (31, 500), (500, 31), (0, 40), (40, 0), (0, 0)])
    func tooSmall(width: Int, height: Int) {
        let expected = ImageError.tooSmall(width: width, height: height, minSide: 32)
        #expect(refusal(Header.png(width, height)) == expected)
        // A JPEG without rows may announce their number later (DNL); libjpeg reads no such file.
        #expect(refusal(Header.jpeg(width, height)) == expected)
    }

    @Test(arguments: [(30_000, 30_000), (65_535, 65_535), (5001, 5000)])
    func tooLarge(width: Int, height: Int) {
        let expected = ImageError.tooManyPixels(width: width, height: height, limit: 25_000_000)
        #expect(refusal(Header.jpeg(width, height)) == expected)
        #expect(refusal(Header.png(width, height)) == expected)
    }

    /// Sizes that libjpeg refuses, each for what is wrong with it.
    @Test func sizesOfJPEGAlone() {
        #expect(refusal(Header.jpeg(65_501, 32)) == .tooLong(side: 65_501, limit: 65_500))
        #expect(refusal(Header.jpeg(65_535, 16)) == .tooSmall(width: 65_535, height: 16, minSide: 32))
        guard case .corrupt = refusal(Header.jpeg(128, 128, components: 0)) else {
            Issue.record("a picture of no component")
            return
        }
    }

    @Test func theLargestNumbersOfAPNGHeader() {
        let side = Int(UInt32.max)
        #expect(refusal(Header.png(side, side)) == .tooManyPixels(width: side, height: side, limit: 25_000_000))
        #expect(refusal(Header.png(side, 40)) == .tooManyPixels(width: side, height: 40, limit: 25_000_000))
    }

    /// Just within the limits, the header alone costs nothing but the answer that the rest is missing.
    @Test func theLargestAcceptedHeader() {
        #expect(refusal(Header.png(5000, 5000)) == .truncated)
        #expect(refusal(Header.jpeg(5000, 5000)) == .truncated)
    }

    /// The luma needs its own component and no other, and of a progressive file every scan of it.
    @Test func missingScans() throws {
        for scans: [[UInt8]] in [[[1, 2, 3]], [[1], [2], [3]], [[1]]] {
            let image = try ImageDecoder.decode(Header.middleGrey(scans: scans)).image
            #expect(image == GreyImage(width: 32, height: 32, filledWith: 128), "\(scans)")
        }
        let bytes = try Pictures.bytes("progressive.jpg")
        let scans = (0..<bytes.count - 1).filter { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA }
        #expect(scans.count > 3)
        let cut = scans.dropFirst().map { Array(bytes[..<$0]) + [0xFF, 0xD9] }
        for file in [Header.middleGrey(scans: [[2]]), Header.middleGrey(scans: [[2], [3]])] + cut {
            #expect(refusal(file) == .corrupt(reason: "scans are missing"))
        }
    }

    /// Some cameras leave out of a baseline file's scan header what only progressive files use.
    @Test func fieldsOfTheScanHeaderThatSayNothing() throws {
        var bytes = try Pictures.bytes("colour.jpg")
        let scan = try #require((0..<bytes.count - 1).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
        let fields = scan + 5 + 2 * Int(bytes[scan + 4])
        #expect(Array(bytes[fields..<fields + 3]) == [0, 63, 0])
        let image = try ImageDecoder.decode(bytes).image
        for other: [UInt8] in [[0, 0, 0], [0, 63, 1]] {
            bytes.replaceSubrange(fields..<fields + 3, with: other)
            #expect(try ImageDecoder.decode(bytes).image == image)
        }
    }

    /// Kept by libjpeg itself these would take minutes: it walks through all for each. An upload holds four times as many.
    @Test func manyEmptySegments() throws {
        let bytes = try Pictures.bytes("orientation-6.jpg")
        let empty = [[UInt8]](repeating: [0xFF, 0xE1, 0, 2], count: 300_000).joined()
        #expect(try ImageDecoder.decode(Array(bytes[..<2]) + empty + bytes[2...]) == ImageDecoder.decode(bytes))
    }

    /// A progressive file may announce passes over the whole picture without end.
    @Test func tooManyScans() throws {
        let bytes = try Pictures.bytes("progressive.jpg")
        let firstScan = try #require((0..<bytes.count - 1).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
        let secondMarker = try #require(
            (firstScan + 2..<bytes.count - 1).first { bytes[$0] == 0xFF && ![0x00, 0xFF].contains(bytes[$0 + 1]) })
        let scan = Array(bytes[firstScan..<secondMarker])
        let many = bytes[..<secondMarker] + [[UInt8]](repeating: scan, count: 200).joined()
        guard case .corrupt = refusal(many + [0xFF, 0xD9]) else {
            Issue.record("accepted")
            return
        }
    }

    @Test func aProgressiveFileBeyondTheMemoryLimit() throws {
        // 4,000 × 4,000 pixels in three channels need 96 MB of coefficients.
        let limits = ImageLimits(maxBytes: 1 << 20, maxPixels: 16_000_000, minSide: 32)
        let bytes = Header.jpeg(4000, 4000, progressive: true)
        #expect(refusal(bytes, limits) == .truncated)
        let error = refusal(Header.jpeg(4000, 4000, progressive: true, components: 4), limits)
        #expect(error == .tooMuchMemory(limit: 6 * 16_000_000 + (8 << 20)))
    }

    @Test func everyErrorHasACode() {
        let codes: [(ImageError, String)] = [
            (.notAnImage, "not_an_image"), (.truncated, "truncated_image"), (.corrupt(reason: "x"), "corrupt_image"),
            (.tooSmall(width: 1, height: 1, minSide: 32), "image_too_small"),
            (.tooManyBytes(2, limit: 1), "image_too_large"),
            (.tooManyPixels(width: 9, height: 9, limit: 1), "image_too_large"),
            (.tooLong(side: 2, limit: 1), "image_too_large"), (.tooMuchMemory(limit: 1), "image_too_large"),
        ]
        for (error, code) in codes { #expect(error.code == code && !error.description.isEmpty) }
    }

    private func refusal(_ bytes: [UInt8], _ limits: ImageLimits = .upload) -> ImageError? {
        do {
            _ = try ImageDecoder.decode(bytes, limits: limits)
            return nil
        } catch {
            return error
        }
    }
}

/// Files that end after their header.
private enum Header {
    static func png(_ width: Int, _ height: Int) -> [UInt8] {
        func four(_ value: Int) -> [UInt8] { big(value >> 16) + big(value) }
        let chunk = Array("IHDR".utf8) + four(width) + four(height) + [8, 0, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + four(13) + chunk + four(Int(crc32(chunk)))
    }

    private static func big(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    private static func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
        [0xFF, marker] + big(body.count + 2) + body
    }

    /// A whole baseline file of 32 × 32 pixels in three components, of which each scan holds those named.
    static func middleGrey(scans: [[UInt8]]) -> [UInt8] {
        // One code of one bit: no difference from the block before, and no further coefficients.
        let table = [UInt8(1)] + [UInt8](repeating: 0, count: 15) + [0]
        var file: [UInt8] = [0xFF, 0xD8] + segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
        file += segment(0xC0, [8] + big(32) + big(32) + [3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0])
        file += segment(0xC4, [0] + table + [0x10] + table)
        for scan in scans {
            file += segment(0xDA, [UInt8(scan.count)] + scan.flatMap { [$0, 0] } + [0, 63, 0])
            file += [UInt8](repeating: 0, count: 4 * scan.count)
        }
        return file + [0xFF, 0xD9]
    }

    /// A frame header and a scan header, without tables or data.
    static func jpeg(_ width: Int, _ height: Int, progressive: Bool = false, components: Int = 3) -> [UInt8] {
        var frame: [UInt8] = [8] + big(height) + big(width) + [UInt8(components)]
        var scan: [UInt8] = [UInt8(components)]
        for id in 1..<UInt8(components + 1) {
            frame += [id, 0x11, 0]
            scan += [id, 0]
        }
        scan += [0, progressive ? 0 : 63, 0]
        let quantisation = [UInt8(0)] + [UInt8](repeating: 1, count: 64)
        let huffman = [UInt8(0), 1] + [UInt8](repeating: 0, count: 15) + [0]
        var file: [UInt8] = [0xFF, 0xD8]
        file += segment(progressive ? 0xC2 : 0xC0, frame)
        file += segment(0xDB, quantisation)
        file += segment(0xC4, huffman)
        file += segment(0xDA, scan)
        return file
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
