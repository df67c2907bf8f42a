import CKernels

/// How a two-dimensional window moves over a picture: the geometry of convolution and pooling.
public struct Window: Sendable, Hashable {
    /// A vertical and a horizontal length.
    public struct Pair: Sendable, Hashable {
        public var height: Int
        public var width: Int

        public init(_ height: Int, _ width: Int) {
            self.height = height
            self.width = width
        }
    }

    public var kernel: Pair
    public var strides = Pair(1, 1)
    public var dilations = Pair(1, 1)
    /// Rows above and columns left of the picture.
    public var before = Pair(0, 0)
    /// Rows below and columns right of it.
    public var after = Pair(0, 0)

    public init(
        kernel: Pair, strides: Pair = Pair(1, 1), dilations: Pair = Pair(1, 1), before: Pair = Pair(0, 0),
        after: Pair = Pair(0, 0)
    ) {
        self.kernel = kernel
        self.strides = strides
        self.dilations = dilations
        self.before = before
        self.after = after
    }

    /// The kernel's reach with its dilation: (k − 1) · d + 1.
    public var reach: Pair {
        Pair((kernel.height - 1) * dilations.height + 1, (kernel.width - 1) * dilations.width + 1)
    }

    /// Places the window takes over an H × W picture; nil if it does not fit at all.
    /// With `ceiling`, a last place that starts inside the picture counts although it reaches over the end.
    public func places(over picture: Pair, ceiling: Bool = false) -> Pair? {
        func places(_ length: Int, _ reach: Int, _ stride: Int, _ before: Int, _ after: Int) -> Int? {
            let room = length + before + after - reach
            guard length > 0, room >= 0 else { return nil }
            var count = room / stride + 1
            if ceiling, room % stride != 0, count * stride < length + before { count += 1 }
            return count
        }
        guard let height = places(picture.height, reach.height, strides.height, before.height, after.height),
            let width = places(picture.width, reach.width, strides.width, before.width, after.width)
        else { return nil }
        return Pair(height, width)
    }

    func code(pictures: Int, from picture: Pair, to output: Pair) -> ck_window {
        ck_window(
            n: Int32(pictures), h: Int32(picture.height), w: Int32(picture.width), oh: Int32(output.height),
            ow: Int32(output.width), kh: Int32(kernel.height), kw: Int32(kernel.width),
            stride_h: Int32(strides.height), stride_w: Int32(strides.width), dilation_h: Int32(dilations.height),
            dilation_w: Int32(dilations.width), pad_top: Int32(before.height), pad_left: Int32(before.width))
    }
}
