/// What a picture may measure; checked on its header, before memory is taken for its pixels.
public struct ImageLimits: Sendable, Hashable {
    /// Size of the file in bytes.
    public var maxBytes: Int
    /// Width × height.
    public var maxPixels: Int
    /// The shorter side.
    public var minSide: Int

    public init(maxBytes: Int, maxPixels: Int, minSide: Int) {
        (self.maxBytes, self.maxPixels, self.minSide) = (maxBytes, maxPixels, minSide)
    }

    /// Pictures that clients send.
    public static let upload = ImageLimits(maxBytes: 5 << 20, maxPixels: 25_000_000, minSide: 32)
    /// Files that the operator names on the command line.
    public static let localFile = ImageLimits(maxBytes: 256 << 20, maxPixels: 64_000_000, minSide: 32)

    /// What libjpeg may take beside the pixels: a progressive file needs two bytes per coefficient of three channels.
    var maxDecoderMemory: Int { 6 * maxPixels + (8 << 20) }

    func check(width: Int, height: Int) throws(ImageError) {
        guard min(width, height) >= max(minSide, 1) else {
            throw .tooSmall(width: width, height: height, minSide: minSide)
        }
        guard width <= maxPixels / height else {
            throw .tooManyPixels(width: width, height: height, limit: maxPixels)
        }
    }
}
