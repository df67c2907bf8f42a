import CKernels

/// Dense convolution in 8-bit integers. A weight is a signed byte times its output channel's factor, an input an unsigned byte
/// times a scale and plus an offset found in the run: for each pixel of a pointwise convolution, for each picture of others.
/// `Convolution.reference` is its definition, of which it keeps about two digits.
public enum Int8Convolution {
    /// Which of the compiled kernels run.
    public enum Path: String, Sendable, CaseIterable {
        /// For comparison: no faster than float32.
        case portable
        /// 512-bit vectors and AVX512-VNNI.
        case vnni

        /// Every path that this processor can run.
        public static var available: [Path] { ck_int8_detect() == CK_INT8_VNNI ? [.portable, .vnni] : [.portable] }

        /// The kernels beside those of `isa`; nil where they would bring nothing. `.portable` only where it is chosen, for
        /// comparison, on a processor that has better.
        public init?(beside isa: InstructionSet) {
            switch isa {
            case .avx512 where Path.available.contains(.vnni): self = .vnni
            case .portable where InstructionSet.best != .portable: self = .portable
            default: return nil
            }
        }

        var code: ck_int8_path {
            switch self {
            case .portable: CK_INT8_PORTABLE
            case .vnni: CK_INT8_VNNI
            }
        }
    }

    /// Packed bytes with each output channel's bias, factor, and factor times the sum of its bytes.
    public struct Weights: Sendable {
        let path: Path
        let depth: Int
        let width: Int
        private let buffer: Buffer
        var pointer: UnsafePointer<Float> { buffer.pointer }

        /// From ONNX's [M, C, KH, KW]. A channel with weights that are not finite gives NaN.
        public init(_ weights: [Float], shape: [Int], bias: [Float]?, path: Path) {
            let (depth, width, taps) = (shape[1], shape[0], shape[2] * shape[3])
            (self.path, self.depth, self.width) = (path, depth, width)
            let lanes = Int(ck_int8_lanes(path.code))
            let vectors = (width + lanes - 1) / lanes
            let words = (depth + Int8Convolution.word - 1) / Int8Convolution.word
            buffer = Buffer(count: Self.count(shape: shape, path: path)) { target in
                let bytes = UnsafeMutableRawBufferPointer(target)
                var (done, panel) = (0, 0)
                while done < vectors {
                    let row = Int(ck_int8_panel_width(Int32(vectors), Int32(done))) * lanes
                    for lane in 0..<Swift.min(row, width - done * lanes) {
                        let channel = done * lanes + lane
                        let values = weights[channel * depth * taps..<(channel + 1) * depth * taps]
                        let factor = Int8Convolution.factor(values)
                        var sum = 0
                        for (index, value) in values.enumerated() {
                            let (c, tap) = (index / taps, index % taps)
                            let byte = Int8Convolution.byte(value, factor: factor)
                            let place = panel + (3 + tap * words + c / Int8Convolution.word) * row + lane
                            bytes.storeBytes(
                                of: byte, toByteOffset: 4 * place + c % Int8Convolution.word, as: Int8.self)
                            sum += Int(byte)
                        }
                        target[panel + lane] = bias?[channel] ?? 0
                        target[panel + row + lane] = factor
                        target[panel + 2 * row + lane] = factor * Float(sum)
                    }
                    panel += (3 + taps * words) * row
                    done += row / lanes
                }
            }
        }

        /// Floats that such weights will take.
        public static func count(shape: [Int], path: Path) -> Int {
            let lanes = Int(ck_int8_lanes(path.code))
            let words = (shape[1] + Int8Convolution.word - 1) / Int8Convolution.word
            return (3 + shape[2] * shape[3] * words) * ((shape[0] + lanes - 1) / lanes) * lanes
        }

        public var bytes: Int { buffer.count * MemoryLayout<Float>.stride }
    }

    private static let word = Int(CK_INT8_WORD)

    /// What a byte of a channel with these weights stands for: the greatest becomes 127. NaN if one is not finite.
    static func factor(_ weights: ArraySlice<Float>) -> Float {
        var (peak, notFinite) = (Float(0), Float(0))
        for value in weights {
            peak = Swift.max(peak, Swift.abs(value))
            notFinite += value * 0
        }
        return peak / 127 + notFinite
    }

    static func byte(_ weight: Float, factor: Float) -> Int8 {
        let steps = (weight / factor).rounded(.toNearestOrEven)
        return Swift.abs(steps) <= 127 ? Int8(steps) : 0
    }

    /// Whether it can do the job and is worth it. With few products for each input, turning that into a byte costs more than
    /// it saves; a single pixel (squeeze-and-excitation) costs little anyhow, and Winograd's convolution in float32 is about as
    /// fast. Deeper sums could overflow 32 bits.
    public static func suits(_ job: Convolution.Job, depth: Int, width: Int) -> Bool {
        let taps = job.window.kernel.height * job.window.kernel.width
        return depth >= 16 && width >= 16 && taps * width >= 48 && taps * depth <= Int(Int32.max) / (255 * 127)
            && job.places != Window.Pair(1, 1) && !Winograd.suits(job, depth: depth, width: width)
    }

    /// Output pixels = activation(convolution + bias + residual). `scratch` holds `scratchCount` floats. The channels of the
    /// input must be adjacent.
    public static func run(
        _ job: Convolution.Job, weights: Weights, input: Pixels, residual: Pixels?, output: Pixels,
        scratch: UnsafeMutablePointer<Float>
    ) {
        var arguments = ck_convolution_args(
            window: job.code, c: Int32(weights.depth), m: Int32(weights.width), in: input.pointer,
            in_pixel: input.stride, in_picture: job.picture.height * job.picture.width * input.stride, in_channel: 1,
            weights: weights.pointer, zeros: nil, residual: residual.map { UnsafePointer($0.pointer) },
            residual_pixel: residual?.stride ?? 0, out: output.pointer, out_pixel: output.stride, scratch: scratch,
            activation: job.activation.code)
        ck_int8_convolution(weights.path.code, &arguments)
    }

    public static func scratchCount(_ job: Convolution.Job, weights: Weights) -> Int {
        var window = job.code
        return ck_int8_scratch(weights.path.code, &window, Int32(weights.depth))
    }
}
