import CKernels
import Tensor

/// Two-dimensional convolution, dense or in groups of channels.
///
/// Letters: N pictures, C input and M output channels, G groups, KH × KW taps.
public enum Convolution {
    /// The definition: input [N, C, H, W], weights [M, C/G, KH, KW], bias [M]; sums in double precision.
    /// The shapes must fit and the window must have a place.
    public static func reference(_ input: Tensor, weights: Tensor, bias: [Float]?, window: Window, groups: Int)
        -> Tensor
    {
        let picture = Window.Pair(input.shape[2], input.shape[3])
        guard let places = window.places(over: picture) else { preconditionFailure("the window does not fit") }
        let (n, c, m) = (input.shape[0], input.shape[1], weights.shape[0])
        let (depth, perGroup) = (c / groups, m / groups)
        var output = Tensor(shape: [n, m, places.height, places.width])
        var at = 0
        for image in 0..<n {
            for channel in 0..<m {
                let first = channel / perGroup * depth
                for oy in 0..<places.height {
                    for ox in 0..<places.width {
                        var sum = Double(bias?[channel] ?? 0)
                        for k in 0..<depth {
                            let plane = (image * c + first + k) * picture.height
                            for ky in 0..<window.kernel.height {
                                let y = oy * window.strides.height - window.before.height + ky * window.dilations.height
                                guard y >= 0, y < picture.height else { continue }
                                let weight = ((channel * depth + k) * window.kernel.height + ky) * window.kernel.width
                                for kx in 0..<window.kernel.width {
                                    let x =
                                        ox * window.strides.width - window.before.width + kx * window.dilations.width
                                    guard x >= 0, x < picture.width else { continue }
                                    sum +=
                                        Double(input.values[(plane + y) * picture.width + x])
                                        * Double(weights.values[weight + kx])
                                }
                            }
                        }
                        output.values[at] = Float(sum)
                        at += 1
                    }
                }
            }
        }
        return output
    }

    /// What a fast convolution is told besides its weights.
    public struct Job: WindowJob, Sendable {
        public var window: Window
        public var pictures: Int
        public var picture: Window.Pair
        public var places: Window.Pair
        public var activation: Activation

        public init(window: Window, pictures: Int, picture: Window.Pair, places: Window.Pair, activation: Activation) {
            self.window = window
            self.pictures = pictures
            self.picture = picture
            self.places = places
            self.activation = activation
        }

        var code: ck_window { window.code(pictures: pictures, from: picture, to: places) }
    }

    /// Output pixels = activation(convolution + bias + residual). `scratch` holds `scratchCount` floats.
    public static func run(
        _ job: Job, weights: PackedWeights, input: Pixels, residual: Pixels?, output: Pixels,
        scratch: UnsafeMutablePointer<Float>
    ) {
        for group in 0..<weights.groups {
            var arguments = arguments(
                job, weights: weights, group: group, input: input, residual: residual, output: output, scratch: scratch)
            ck_convolution(weights.isa.code, &arguments)
        }
    }

    static func arguments(
        _ job: Job, weights: PackedWeights, group: Int, input: Pixels, residual: Pixels?, output: Pixels,
        scratch: UnsafeMutablePointer<Float>
    ) -> ck_convolution_args {
        ck_convolution_args(
            window: job.code, c: Int32(weights.depth), m: Int32(weights.width),
            in: input.pointer + group * weights.depth, in_pixel: input.stride,
            in_picture: input.picture ?? job.picture.height * job.picture.width * input.stride,
            in_channel: input.channel,
            weights: weights.buffer.pointer + group * weights.floatsPerGroup,
            zeros: weights.buffer.pointer + weights.groups * weights.floatsPerGroup,
            residual: residual.map { UnsafePointer($0.pointer + group * weights.width) },
            residual_pixel: residual?.stride ?? 0,
            out: output.pointer + group * weights.width, out_pixel: output.stride, scratch: scratch,
            activation: job.activation.code)
    }

    /// With this many input channels or fewer, and one group, the input may have any strides between channels.
    public static let anyOrderDepth = Int(CK_SMALL_C)

    public static func scratchCount(_ job: Job, weights: PackedWeights) -> Int {
        var window = job.code
        return ck_convolution_scratch(weights.isa.code, &window, Int32(weights.depth))
    }
}
