import Foundation
import StrictJSON
import TestSupport

/// Pictures good and bad.
enum Pictures {
    static let consent: JSON = ["granted": true, "notice_version": "1"]

    /// One face, 512 × 512.
    static func astronaut() throws -> [UInt8] { Array(try Data(contentsOf: Fixtures.picture("astronaut.png"))) }
    /// No human face.
    static func coffee() throws -> [UInt8] { Array(try Data(contentsOf: Fixtures.picture("coffee.png"))) }

    /// A PNG whose header announces this size and whose data is cut off right after it.
    static func pngHeader(width: UInt32, height: UInt32) -> [UInt8] {
        func bytes(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        let header = Array("IHDR".utf8) + bytes(width) + bytes(height) + [8, 0, 0, 0, 0]
        return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + bytes(13) + header + bytes(crc32(header))
    }

    /// A baseline JPEG up to its frame header, which announces this size.
    static func jpegHeader(width: UInt16, height: UInt16) -> [UInt8] {
        func bytes(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
        let table: [UInt8] = [0xff, 0xdb, 0, 67, 0] + Array(repeating: 1, count: 64)
        let frame: [UInt8] = [0xff, 0xc0, 0, 11, 8] + bytes(height) + bytes(width) + [1, 1, 0x11, 0]
        let scan: [UInt8] = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]
        return [0xff, 0xd8] + table + frame + scan
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0 as UInt32) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
    }
}
