import CKernels
import Tensor

/// Reading a picture at other rows and columns: nearest or linear.
public enum Resizing {
    /// For each output row or column the source it starts from and, for linear, the share of the next one.
    public struct Samples: Sendable {
        public var sources: [Int32]
        public var shares: [Float]

        public init(sources: [Int32], shares: [Float] = []) {
            self.sources = sources
            self.shares = shares
        }
    }

    /// The definition over [N, C, H, W]: nearest where `shares` are empty.
    public static func reference(_ input: Tensor, rows: Samples, columns: Samples) -> Tensor {
        let (h, w) = (input.shape[2], input.shape[3])
        var output = Tensor(shape: [input.shape[0], input.shape[1], rows.sources.count, columns.sources.count])
        var at = 0
        for plane in 0..<input.shape[0] * input.shape[1] {
            func pixel(_ y: Int, _ x: Int) -> Double {
                Double(input.values[(plane * h + min(y, h - 1)) * w + min(x, w - 1)])
            }
            for (row, top) in rows.sources.enumerated() {
                for (column, left) in columns.sources.enumerated() {
                    let (y, x) = (Int(top), Int(left))
                    if rows.shares.isEmpty {
                        output.values[at] = Float(pixel(y, x))
                    } else {
                        let (fy, fx) = (Double(rows.shares[row]), Double(columns.shares[column]))
                        let upper = pixel(y, x) * (1 - fx) + pixel(y, x + 1) * fx
                        let lower = pixel(y + 1, x) * (1 - fx) + pixel(y + 1, x + 1) * fx
                        output.values[at] = Float(upper * (1 - fy) + lower * fy)
                    }
                    at += 1
                }
            }
        }
        return output
    }

    public static func run(
        pictures: Int, picture: Window.Pair, channels: Int, rows: Samples, columns: Samples, input: Pixels,
        output: Pixels, on isa: InstructionSet = .preferred
    ) {
        let linear = !rows.shares.isEmpty
        rows.sources.withUnsafeBufferPointer { ys in
            columns.sources.withUnsafeBufferPointer { xs in
                rows.shares.withUnsafeBufferPointer { fy in
                    columns.shares.withUnsafeBufferPointer { fx in
                        var arguments = ck_resize_args(
                            n: Int32(pictures), h: Int32(picture.height), w: Int32(picture.width), oh: Int32(ys.count),
                            ow: Int32(xs.count), c: Int32(channels), ys: ys.baseAddress, xs: xs.baseAddress,
                            fy: linear ? fy.baseAddress : nil, fx: linear ? fx.baseAddress : nil, in: input.pointer,
                            in_pixel: input.stride, out: output.pointer, out_pixel: output.stride)
                        ck_resize(isa.code, &arguments)
                    }
                }
            }
        }
    }
}
