import Kernels
import Tensor

/// Puts [N, C, H, W] tensors into channels-last memory with gaps between pixels and reads the result back.
enum ChannelsLast {
    /// Floats between pixels beyond the channels; what lies there must stay untouched.
    static let gap = 3

    static func run(
        _ input: Tensor, residual: Tensor?, output shape: [Int], _ body: (Pixels, Pixels?, Pixels) -> Void
    ) -> Tensor {
        var source = packed(input)
        var added = residual.map(packed) ?? [0]
        let guardValue: Float = 12345
        let stride = shape[1] + gap
        var target = [Float](repeating: guardValue, count: shape[0] * shape[2] * shape[3] * stride)
        source.withUnsafeMutableBufferPointer { x in
            added.withUnsafeMutableBufferPointer { y in
                target.withUnsafeMutableBufferPointer { z in
                    guard let x = x.baseAddress, let y = y.baseAddress, let z = z.baseAddress else { return }
                    body(
                        Pixels(x, stride: input.shape[1] + gap),
                        residual.map { Pixels(y, stride: $0.shape[1] + gap) }, Pixels(z, stride: stride))
                }
            }
        }
        var result = Tensor(shape: shape)
        let plane = shape[2] * shape[3]
        for n in 0..<shape[0] {
            for pixel in 0..<plane {
                for c in 0..<stride {
                    let value = target[(n * plane + pixel) * stride + c]
                    if c < shape[1] {
                        result.values[(n * shape[1] + c) * plane + pixel] = value
                    } else if value != guardValue {
                        result.values[0] = .nan  // written beyond the channels
                    }
                }
            }
        }
        return result
    }

    private static func packed(_ tensor: Tensor) -> [Float] {
        let (n, c, plane) = (tensor.shape[0], tensor.shape[1], tensor.shape[2] * tensor.shape[3])
        var result = [Float](repeating: .nan, count: n * plane * (c + gap))
        for picture in 0..<n {
            for channel in 0..<c {
                for pixel in 0..<plane {
                    result[(picture * plane + pixel) * (c + gap) + channel] =
                        tensor.values[(picture * c + channel) * plane + pixel]
                }
            }
        }
        return result
    }
}
