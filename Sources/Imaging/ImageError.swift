/// Why bytes did not become a picture.
public enum ImageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The bytes begin neither like a JPEG nor like a PNG file.
    case notAnImage
    case tooManyBytes(Int, limit: Int)
    case tooSmall(width: Int, height: Int, minSide: Int)
    case tooManyPixels(width: Int, height: Int, limit: Int)
    /// A side that a JPEG may have and libjpeg does not take.
    case tooLong(side: Int, limit: Int)
    /// The decoder would need more memory than `limit` bytes, or than there is.
    case tooMuchMemory(limit: Int)
    /// The bytes end before the picture does.
    case truncated
    /// Damaged data, or a kind of JPEG or PNG that is not supported.
    case corrupt(reason: String)

    /// The code of the HTTP interface.
    public var code: String {
        switch self {
        case .notAnImage: "not_an_image"
        case .tooSmall: "image_too_small"
        case .tooManyBytes, .tooManyPixels, .tooLong, .tooMuchMemory: "image_too_large"
        case .truncated: "truncated_image"
        case .corrupt: "corrupt_image"
        }
    }

    public var description: String {
        switch self {
        case .notAnImage: "neither a JPEG nor a PNG picture"
        case .tooManyBytes(let count, let limit): "the picture has \(count) bytes, at most \(limit) are accepted"
        case .tooSmall(let width, let height, let minSide):
            "the picture has \(width) × \(height) pixels, each side must have at least \(minSide)"
        case .tooManyPixels(let width, let height, let limit):
            "the picture has \(width) × \(height) pixels, at most \(limit) are accepted"
        case .tooLong(let side, let limit): "a side of the picture has \(side) pixels, at most \(limit) are accepted"
        case .tooMuchMemory(let limit): "decoding the picture takes more than \(limit) bytes of memory"
        case .truncated: "the data ends before the picture does"
        case .corrupt(let reason): "the picture is damaged or not supported: \(reason)"
        }
    }
}
