import CKernels

/// Convolution in which every channel has a KH × KW kernel of its own; `Convolution.reference` with G = C is its definition.
public enum Depthwise {
    /// Weights [KH·KW][C] and, behind them, the bias [C] and as many zeros.
    public struct Weights: Sendable {
        public let channels: Int
        let taps: Int
        let buffer: Buffer

        /// From ONNX's [C, 1, KH, KW].
        public init(_ weights: [Float], channels: Int, bias: [Float]?) {
            self.channels = channels
            let taps = channels == 0 ? 0 : weights.count / channels
            self.taps = taps
            buffer = Buffer(count: (taps + 2) * channels) { target in
                for c in 0..<channels {
                    for tap in 0..<taps { target[tap * channels + c] = weights[c * taps + tap] }
                    target[taps * channels + c] = bias?[c] ?? 0
                }
            }
        }

        public var bytes: Int { buffer.count * MemoryLayout<Float>.stride }
    }

    public static func run(
        _ job: Convolution.Job, weights: Weights, input: Pixels, output: Pixels, on isa: InstructionSet = .preferred
    ) {
        var arguments = ck_depthwise_args(
            window: job.code, c: Int32(weights.channels), in: input.pointer, in_pixel: input.stride,
            weights: weights.buffer.pointer, bias: weights.buffer.pointer + weights.taps * weights.channels,
            zeros: weights.buffer.pointer + (weights.taps + 1) * weights.channels,
            out: output.pointer, out_pixel: output.stride, activation: job.activation.code)
        ck_depthwise(isa.code, &arguments)
    }
}
