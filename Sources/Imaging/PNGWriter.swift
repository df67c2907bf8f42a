import CPNG

/// 8-bit pixels to the bytes of a PNG file.
public enum PNGWriter {
    public static func encode(_ image: GreyImage) -> [UInt8] {
        encode(image.pixels, width: image.width, height: image.height, channels: 1)
    }

    /// RGB triples, row by row. The count must be `3 * width * height`; another count is a programmer's error.
    public static func encode(rgb: [UInt8], width: Int, height: Int) -> [UInt8] {
        precondition(rgb.count == 3 * width * height && width > 0 && height > 0, "\(width) × \(height) pixels expected")
        return encode(rgb, width: width, height: height, channels: 3)
    }

    private static func encode(_ pixels: [UInt8], width: Int, height: Int, channels: Int) -> [UInt8] {
        var file: [UInt8] = []
        let status = withUnsafeMutablePointer(to: &file) { file in
            cpng_encode(
                pixels, UInt32(width), UInt32(height), Int32(channels),
                { context, bytes, count in
                    context?.assumingMemoryBound(to: [UInt8].self).pointee
                        .append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
                }, file)
        }
        precondition(status == CPNG_OK, "libpng cannot write \(width) × \(height) pixels")
        return file
    }
}
