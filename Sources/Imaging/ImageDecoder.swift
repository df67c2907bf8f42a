/// An upright grey picture, possibly smaller than the file's, with the way back to full size.
public struct DecodedImage: Sendable, Hashable {
    public let image: GreyImage
    /// Size of the upright picture in the file.
    public let fullWidth, fullHeight: Int
    /// Pixels of the full size per pixel of `image`: 1, 2, 4 or 8.
    public let scale: Double
    /// Where `image`'s origin lies in the full size: 0, or negative where a mirrored side is no multiple of the scale.
    public let offset: SIMD2<Double>

    /// A picture that was not scaled.
    public init(_ image: GreyImage) {
        self.init(image: image, fullWidth: image.width, fullHeight: image.height, scale: 1, offset: .zero)
    }

    public init(image: GreyImage, fullWidth: Int, fullHeight: Int, scale: Double, offset: SIMD2<Double>) {
        (self.image, self.fullWidth, self.fullHeight) = (image, fullWidth, fullHeight)
        (self.scale, self.offset) = (scale, offset)
    }

    /// With `GreyImage.brightened()`.
    public func brightened() -> DecodedImage {
        DecodedImage(
            image: image.brightened(), fullWidth: fullWidth, fullHeight: fullHeight, scale: scale, offset: offset)
    }

    /// From pixels of `image` to pixels of the upright full-size picture.
    public func toFull(_ point: SIMD2<Double>) -> SIMD2<Double> { point * scale + offset }
    public func fromFull(_ point: SIMD2<Double>) -> SIMD2<Double> { (point - offset) / scale }
}

/// JPEG or PNG bytes to an upright grey picture (luma by ITU-R BT.601).
public enum ImageDecoder {
    /// Decodes a picture whose header is within `limits`; missing or damaged data is an error, never a half picture.
    ///
    /// With `longSideAtLeast` a JPEG is decoded at the smallest of 1/8, 1/4, 1/2 and 1/1 of its size whose longer side
    /// still has that many pixels, which costs a fraction of the full size; with `shortSideAtLeast` likewise its shorter
    /// side. A PNG is always decoded in full size.
    public static func decode(
        _ bytes: [UInt8], limits: ImageLimits = .upload, longSideAtLeast: Int? = nil, shortSideAtLeast: Int? = nil
    ) throws(ImageError) -> DecodedImage {
        guard bytes.count <= limits.maxBytes else { throw .tooManyBytes(bytes.count, limit: limits.maxBytes) }
        return try bytes.withUnsafeBufferPointer { buffer throws(ImageError) in
            if buffer.starts(with: [0xFF, 0xD8, 0xFF]) {
                let reader = try JPEGReader(buffer, limits: limits)
                let orientation = reader.orientation
                let long = max(reader.width, reader.height), short = min(reader.width, reader.height)
                let isAny = longSideAtLeast != nil || shortSideAtLeast != nil
                let denominator =
                    [8, 4, 2].first { scale in
                        isAny && long / scale >= longSideAtLeast ?? 0 && short / scale >= shortSideAtLeast ?? 0
                    } ?? 1
                let stored = try reader.decode(denominator: denominator)
                return upright(stored, orientation, reader.width, reader.height, denominator)
            }
            if buffer.starts(with: PNGReader.signature) {
                let reader = try PNGReader(buffer, limits: limits)
                let orientation = reader.orientation
                return upright(try reader.decode(), orientation, reader.width, reader.height, 1)
            }
            throw .notAnImage
        }
    }

    private static func upright(
        _ stored: GreyImage, _ orientation: Orientation, _ width: Int, _ height: Int, _ scale: Int
    ) -> DecodedImage {
        // The last stored column may stand for fewer than `scale` full columns; mirrored, it comes first.
        let missing = SIMD2(
            orientation.reversesColumns ? Double(width - stored.width * scale) : 0,
            orientation.reversesRows ? Double(height - stored.height * scale) : 0)
        let swaps = orientation.swapsAxes
        return DecodedImage(
            image: orientation.apply(stored), fullWidth: swaps ? height : width, fullHeight: swaps ? width : height,
            scale: Double(scale), offset: swaps ? SIMD2(missing.y, missing.x) : missing)
    }
}
