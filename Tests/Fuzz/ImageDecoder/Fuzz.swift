import Imaging

/// Any bytes give a picture within the limits or one of the documented errors. A PNG is tried a second time with its
/// check sums put right, since no mutation would get past them otherwise.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    check(input)
    if let repaired = withCheckSums(input) { check(repaired) }
    return 0
}

private let limits = ImageLimits(maxBytes: 1 << 16, maxPixels: 1 << 18, minSide: 1)

private func check(_ bytes: [UInt8]) {
    for longSide in [nil, 8] {
        guard let decoded = try? ImageDecoder.decode(bytes, limits: limits, longSideAtLeast: longSide) else { continue }
        let image = decoded.image
        guard image.pixels.count == image.width * image.height, image.width > 0, image.height > 0,
            decoded.fullWidth * decoded.fullHeight <= limits.maxPixels,
            Double(image.width) * decoded.scale + decoded.offset.x >= Double(decoded.fullWidth),
            Double(image.height) * decoded.scale + decoded.offset.y >= Double(decoded.fullHeight)
        else { fatalError("\(image.width) × \(image.height) of \(decoded.fullWidth) × \(decoded.fullHeight)") }
        let small = image.resized(width: 7, height: 5)
        guard small.pixels.count == 35 else { fatalError("resized to \(small.width) × \(small.height)") }
    }
}

/// Nil unless the bytes are PNG chunks.
private func withCheckSums(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count > 20, bytes[0] == 0x89, bytes[1] == 0x50 else { return nil }
    var result = bytes
    var at = 8
    while at + 12 <= bytes.count {
        let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= bytes.count - at - 12 else { break }
        let sum = crc32(bytes[at + 4..<at + 8 + length])
        for k in 0..<4 { result[at + 8 + length + k] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * k)) }
        at += 12 + length
    }
    return result
}

private let crcTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
}

private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { $0 >> 8 ^ crcTable[Int(($0 ^ UInt32($1)) & 0xFF)] }
}
