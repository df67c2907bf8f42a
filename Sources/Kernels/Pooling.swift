import CKernels
import Tensor

/// The largest or the mean value under a window, channel by channel.
public enum Pooling {
    public enum Kind: Sendable, Hashable {
        case maximum
        /// Padding counts as zeros in the mean where `countsPadding`.
        case average(countsPadding: Bool)
    }

    public struct Job: WindowJob, Sendable {
        public var window: Window
        public var kind: Kind
        public var pictures: Int
        public var channels: Int
        public var picture: Window.Pair
        public var places: Window.Pair

        public init(
            window: Window, kind: Kind, pictures: Int, channels: Int, picture: Window.Pair, places: Window.Pair
        ) {
            self.window = window
            self.kind = kind
            self.pictures = pictures
            self.channels = channels
            self.picture = picture
            self.places = places
        }
    }

    /// The definition over [N, C, H, W].
    public static func reference(_ input: Tensor, _ job: Job) -> Tensor {
        let (window, picture, places) = (job.window, job.picture, job.places)
        var output = Tensor(shape: [job.pictures, job.channels, places.height, places.width])
        var at = 0
        for plane in 0..<job.pictures * job.channels {
            for oy in 0..<places.height {
                for ox in 0..<places.width {
                    var (sum, largest, counted) = (0.0, -Float.infinity, 0)
                    for ky in 0..<window.kernel.height {
                        let y = oy * window.strides.height - window.before.height + ky * window.dilations.height
                        for kx in 0..<window.kernel.width {
                            let x = ox * window.strides.width - window.before.width + kx * window.dilations.width
                            guard (0..<picture.height).contains(y), (0..<picture.width).contains(x) else {
                                let padded =
                                    y < picture.height + window.after.height && x < picture.width + window.after.width
                                if padded, job.kind == .average(countsPadding: true) { counted += 1 }
                                continue
                            }
                            let value = input.values[(plane * picture.height + y) * picture.width + x]
                            counted += 1
                            sum += Double(value)
                            if !(value <= largest) { largest = value }
                        }
                    }
                    output.values[at] = job.kind == .maximum ? largest : Float(sum / Double(max(counted, 1)))
                    at += 1
                }
            }
        }
        return output
    }

    public static func run(_ job: Job, input: Pixels, output: Pixels, on isa: InstructionSet = .preferred) {
        let kind: ck_pool_kind =
            switch job.kind {
            case .maximum: CK_POOL_MAX
            case .average(countsPadding: true): CK_POOL_AVERAGE_COUNT_PAD
            case .average(countsPadding: false): CK_POOL_AVERAGE
            }
        var arguments = ck_pool_args(
            window: job.window.code(pictures: job.pictures, from: job.picture, to: job.places),
            pad_bottom: Int32(job.window.after.height), pad_right: Int32(job.window.after.width), kind: kind,
            c: Int32(job.channels), in: input.pointer, in_pixel: input.stride, out: output.pointer,
            out_pixel: output.stride)
        ck_pool(isa.code, &arguments)
    }

    /// `output[n][c]` = the mean of picture n's channel c over all its pixels.
    public static func globalAverage(
        pictures: Int, pixels: Int, channels: Int, input: Pixels, output: Pixels, on isa: InstructionSet = .preferred
    ) {
        ck_global_average(
            isa.code, input.pointer, input.stride, pictures, pixels, channels, output.pointer, output.stride)
    }
}
