import Glibc

/// Floats at a 64-byte boundary that never move and, once filled, never change: packed weights.
public final class Buffer: @unchecked Sendable {
    public let count: Int
    let base: UnsafeMutablePointer<Float>

    public var pointer: UnsafePointer<Float> { UnsafePointer(base) }

    /// Zeros, changed by `fill` before anyone else sees the buffer.
    public init(count: Int, fill: (UnsafeMutableBufferPointer<Float>) -> Void = { _ in }) {
        self.count = count
        let bytes = Swift.max(count, 1) * MemoryLayout<Float>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        memset(raw, 0, bytes)
        base = raw.bindMemory(to: Float.self, capacity: Swift.max(count, 1))
        fill(UnsafeMutableBufferPointer(start: base, count: count))
    }

    public convenience init(_ values: [Float]) {
        self.init(count: values.count) { target in _ = target.update(from: values) }
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }
}

/// Where a kernel reads or writes pixels: the first channel of the first pixel, and floats between pixels. Rows are dense.
public struct Pixels {
    public let pointer: UnsafeMutablePointer<Float>
    public let stride: Int
    /// Floats between channels; other than 1 only as the input of a convolution with few channels.
    public let channel: Int
    /// Floats between pictures; nil where they follow each other without gaps.
    public let picture: Int?

    public init(_ pointer: UnsafeMutablePointer<Float>, stride: Int, channel: Int = 1, picture: Int? = nil) {
        self.pointer = pointer
        self.stride = stride
        self.channel = channel
        self.picture = picture
    }
}
