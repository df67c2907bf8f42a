/// How a stored picture must be turned to be upright: the values of EXIF tag 0x0112 (Exif 2.32, 4.6.4).
public enum Orientation: UInt16, Sendable, CaseIterable {
    case upright = 1
    case mirrored, rotated180, flipped, transposed, rotated90, transversed, rotated270

    /// Whether width and height change places.
    var swapsAxes: Bool { rawValue >= 5 }
    /// Whether the stored columns, or rows, run backwards. Applied after the axes have been swapped.
    var reversesColumns: Bool { [.mirrored, .rotated180, .transversed, .rotated270].contains(self) }
    var reversesRows: Bool { [.rotated180, .flipped, .rotated90, .transversed].contains(self) }

    /// The stored picture turned upright.
    func apply(_ stored: GreyImage) -> GreyImage {
        guard self != .upright else { return stored }
        let width = swapsAxes ? stored.height : stored.width
        let height = swapsAxes ? stored.width : stored.height
        let (alongColumns, firstColumn) = reversesColumns ? (-1, stored.width - 1) : (1, 0)
        let (alongRows, firstRow) =
            reversesRows ? (-stored.width, (stored.height - 1) * stored.width) : (stored.width, 0)
        let (stepX, stepY) = swapsAxes ? (alongRows, alongColumns) : (alongColumns, alongRows)
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height) { target, count in
            stored.pixels.withUnsafeBufferPointer { source in
                for y in 0..<height {
                    var from = firstColumn + firstRow + y * stepY
                    for x in 0..<width {
                        target[y * width + x] = source[from]
                        from += stepX
                    }
                }
            }
            count = width * height
        }
        return GreyImage(width: width, height: height, pixels: pixels)
    }
}

extension Orientation {
    /// Reads the orientation out of a TIFF structure, which is what an EXIF segment holds (TIFF 6.0, section 2).
    /// Anything that is not well formed counts as upright: a picture is not refused for its metadata.
    init(exif bytes: UnsafeBufferPointer<UInt8>) {
        self = Self.find(in: TIFFBytes(bytes)) ?? .upright
    }

    private static func find(in tiff: TIFFBytes?) -> Orientation? {
        guard let tiff, tiff.uint16(at: 2) == 42, let directory = tiff.uint32(at: 4),
            let entries = tiff.uint16(at: directory)
        else { return nil }
        for index in 0..<entries {
            let entry = directory + 2 + 12 * index
            guard let tag = tiff.uint16(at: entry) else { return nil }
            guard tag == 0x0112 else { continue }
            // One value of type SHORT stands in the entry itself.
            guard tiff.uint16(at: entry + 2) == 3, tiff.uint32(at: entry + 4) == 1 else { return nil }
            return tiff.uint16(at: entry + 8).flatMap { Orientation(rawValue: UInt16($0)) }
        }
        return nil
    }
}

/// Bounded reads in the byte order that the first two bytes name.
private struct TIFFBytes {
    let bytes: UnsafeBufferPointer<UInt8>
    let bigEndian: Bool

    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 8, bytes[0] == bytes[1], bytes[0] == 0x49 || bytes[0] == 0x4D else { return nil }
        (self.bytes, bigEndian) = (bytes, bytes[0] == 0x4D)
    }

    func uint16(at offset: Int) -> Int? { number(at: offset, bytes: 2) }
    func uint32(at offset: Int) -> Int? { number(at: offset, bytes: 4) }

    private func number(at offset: Int, bytes count: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - count else { return nil }
        return (0..<count).reduce(0) { value, index in
            value << 8 | Int(bytes[offset + (bigEndian ? index : count - 1 - index)])
        }
    }
}
