import CPNG

/// An opened PNG file; the bytes must outlive it.
final class PNGReader {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Full size as stored, before the orientation is applied.
    let width, height: Int
    private let decoder: OpaquePointer
    private let limits: ImageLimits

    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: ImageLimits) throws(ImageError) {
        (width, height) = try Self.size(bytes)
        try limits.check(width: width, height: height)
        var status = CPNG_OK
        guard let decoder = cpng_open(bytes.baseAddress, bytes.count, UInt32(width), UInt32(height), &status) else {
            throw .tooMuchMemory(limit: limits.maxDecoderMemory)
        }
        (self.decoder, self.limits) = (decoder, limits)
        if let error = error(status) { throw error }
    }

    deinit { cpng_close(decoder) }

    /// Width and height from the header chunk, which must come first (PNG specification, 5.6 and 11.2.2).
    private static func size(_ bytes: UnsafeBufferPointer<UInt8>) throws(ImageError) -> (Int, Int) {
        func uint32(at offset: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) } }
        let lengthAndName: [UInt8] = [0, 0, 0, 13] + "IHDR".utf8
        guard bytes.count >= 24 else { throw .truncated }
        guard bytes[8..<16].elementsEqual(lengthAndName) else { throw .corrupt(reason: "the file begins without IHDR") }
        return (uint32(at: 16), uint32(at: 20))
    }

    var orientation: Orientation {
        var size = 0
        let exif = cpng_exif(decoder, &size)
        return Orientation(exif: UnsafeBufferPointer(start: exif, count: size))
    }

    /// The luma in full size. May be called once.
    func decode() throws(ImageError) -> GreyImage {
        var status = CPNG_OK
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height) { target, count in
            status = cpng_decode_grey(decoder, target.baseAddress, target.count)
            count = status == CPNG_OK ? width * height : 0
        }
        if let error = error(status) { throw error }
        return GreyImage(width: width, height: height, pixels: pixels)
    }

    private func error(_ status: cpng_status) -> ImageError? {
        switch status {
        case CPNG_OK: nil
        case CPNG_TRUNCATED: .truncated
        case CPNG_NO_MEMORY: .tooMuchMemory(limit: limits.maxDecoderMemory)
        default: .corrupt(reason: String(cString: cpng_message(decoder)))
        }
    }
}
