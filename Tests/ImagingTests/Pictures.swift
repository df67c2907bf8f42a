import Foundation
import Imaging
import TestSupport

/// The drawn pictures of `Tests/Pictures` and what Pillow reads in them (see `make.py` there).
enum Pictures {
    struct Levels: Decodable, Sendable {
        let width, height: Int
        let grey: String
        let scaled: [String: Levels]?

        var image: GreyImage {
            let digits = Array(grey.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
            let pixels = stride(from: 0, to: digits.count, by: 2).map { digits[$0] * 16 + digits[$0 + 1] }
            return GreyImage(width: width, height: height, pixels: pixels)
        }
    }

    static let folder = Fixtures.packageRoot.appendingPathComponent("Tests/Pictures")
    static let expected: [String: Levels] = {
        let url = folder.appendingPathComponent("expected.json")
        return (try? JSONDecoder().decode([String: Levels].self, from: Data(contentsOf: url))) ?? [:]
    }()
    static let names = expected.keys.sorted()

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }
}

extension GreyImage {
    /// The largest difference of two pixels, or nil where the sizes differ.
    func largestDifference(_ other: GreyImage) -> Int? {
        guard width == other.width, height == other.height else { return nil }
        return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max()
    }
}
