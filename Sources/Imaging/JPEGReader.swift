import CJPEG

/// An opened JPEG file; the bytes must outlive it.
final class JPEGReader {
    /// Full size as stored, before the orientation is applied.
    let width, height: Int
    private let decoder: OpaquePointer
    private let limits: ImageLimits
    /// libjpeg's limit.
    static let longestSide = 65_500

    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: ImageLimits) throws(ImageError) {
        var status = CJPEG_OK
        guard let decoder = cjpeg_open(bytes.baseAddress, bytes.count, limits.maxDecoderMemory, &status) else {
            throw .tooMuchMemory(limit: limits.maxDecoderMemory)
        }
        (self.decoder, self.limits) = (decoder, limits)
        (width, height) = (Int(cjpeg_width(decoder)), Int(cjpeg_height(decoder)))
        if let error = error(status) { throw error }
        try limits.check(width: width, height: height)
    }

    deinit { cjpeg_close(decoder) }

    var orientation: Orientation {
        var size = 0
        let exif = cjpeg_exif(decoder, &size)
        return Orientation(exif: UnsafeBufferPointer(start: exif, count: size))
    }

    /// The luma at 1/`denominator` (1, 2, 4 or 8) of the full size, sides rounded up. May be called once.
    func decode(denominator: Int) throws(ImageError) -> GreyImage {
        let width = (self.width + denominator - 1) / denominator
        let height = (self.height + denominator - 1) / denominator
        var status = CJPEG_OK
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height) { target, count in
            status = cjpeg_decode_grey(decoder, Int32(denominator), target.baseAddress, target.count)
            count = status == CJPEG_OK ? width * height : 0
        }
        if let error = error(status) { throw error }
        return GreyImage(width: width, height: height, pixels: pixels)
    }

    /// What is wrong with a size that libjpeg refuses.
    private var badSize: ImageError {
        do {
            try limits.check(width: width, height: height)
        } catch {
            return error
        }
        let longest = max(width, height)
        if longest > Self.longestSide { return .tooLong(side: longest, limit: Self.longestSide) }
        return .corrupt(reason: String(cString: cjpeg_message(decoder)))
    }

    private func error(_ status: cjpeg_status) -> ImageError? {
        switch status {
        case CJPEG_OK: nil
        case CJPEG_TRUNCATED: .truncated
        case CJPEG_BAD_SIZE: badSize
        case CJPEG_NO_MEMORY: .tooMuchMemory(limit: limits.maxDecoderMemory)
        default: .corrupt(reason: String(cString: cjpeg_message(decoder)))
        }
    }
}
