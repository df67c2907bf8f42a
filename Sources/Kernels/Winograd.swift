import CKernels

/// 3 × 3 convolution with strides and dilations 1 by Winograd's F(4 × 4, 3 × 3): a quarter of the multiplications for 36/9
/// times the weights. `Convolution.reference` is its definition.
public enum Winograd {
    /// G w Gᵀ for every pair of channels, packed for each of the 36 points, and the bias.
    public struct Weights: Sendable {
        let panels: PackedWeights
        let bias: Buffer

        /// From ONNX's [M, C, 3, 3].
        public init(_ weights: [Float], shape: [Int], bias: [Float]?, isa: InstructionSet) {
            let (m, c) = (shape[0], shape[1])
            panels = PackedWeights(groups: Winograd.points, depth: c, width: m, taps: 1, bias: nil, isa: isa) {
                layout, target in
                for pair in 0..<m * c {
                    let values = Winograd.transformed(weights[pair * 9..<pair * 9 + 9].map(Double.init))
                    for (point, value) in values.enumerated() {
                        target[layout.place(point * m + pair / c, pair % c, 0)] = Float(value)
                    }
                }
            }
            let length = isa.vectorLength
            self.bias = Buffer(count: (m + length - 1) / length * length) { target in
                for (index, value) in (bias ?? []).enumerated() { target[index] = value }
            }
        }

        public var bytes: Int { panels.bytes + bias.count * MemoryLayout<Float>.stride }
    }

    /// Floats that weights from ONNX's [M, C, 3, 3] will take.
    public static func count(_ shape: [Int], isa: InstructionSet) -> Int {
        PackedWeights.count(groups: points, depth: shape[1], width: shape[0], isa: isa)
            + PackedWeights.count(depth: 0, width: shape[0], isa: isa)
    }

    private static let side = Int(CK_WINOGRAD_SIDE)
    private static let points = side * side
    /// Output pixels along one side of a tile.
    private static let tile = 4

    /// G, a row for each point: (1, p, p²) over the product of its distances to the other points; infinity last.
    private static let matrix: [[Double]] = {
        let (a, b) = (Double(CK_WINOGRAD_A), Double(CK_WINOGRAD_B))
        let finite = [0, a, -a, b, -b]
        return finite.map { p in
            let distances = finite.filter { $0 != p }.reduce(1) { $0 * (p - $1) }
            return [1 / distances, p / distances, p * p / distances]
        } + [[0, 0, 1]]
    }()

    private static func transformed(_ w: [Double]) -> [Double] {
        matrix.flatMap { row in
            let line = (0..<3).map { x in row[0] * w[x] + row[1] * w[3 + x] + row[2] * w[6 + x] }
            return matrix.map { $0[0] * line[0] + $0[1] * line[1] + $0[2] * line[2] }
        }
    }

    /// Whether it can do the job and is worth it: with few tiles the larger weights cost more than the products they save.
    public static func suits(_ job: Convolution.Job, depth: Int, width: Int) -> Bool {
        let (window, one) = (job.window, Window.Pair(1, 1))
        guard window.kernel == Window.Pair(3, 3), window.strides == one, window.dilations == one else { return false }
        let across = (job.places.width + tile - 1) / tile
        let tiles = job.pictures * across * ((job.places.height + tile - 1) / tile)
        return depth >= 16 && width >= 16 && (tiles >= 32 || tiles >= 8 && points * depth * width <= residentFloats)
    }

    /// Weights of at most 1 MiB are likely to be in the processor's second cache.
    private static let residentFloats = 1 << 18

    /// Output pixels = activation(convolution + bias + residual). `scratch` holds `scratchCount` floats.
    public static func run(
        _ job: Convolution.Job, weights: Weights, input: Pixels, residual: Pixels?, output: Pixels,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let panels = weights.panels
        var arguments = Convolution.arguments(
            job, weights: panels, group: 0, input: input, residual: residual, output: output, scratch: scratch)
        ck_winograd(panels.isa.code, &arguments, weights.bias.pointer)
    }

    public static func scratchCount(_ job: Convolution.Job, weights: Weights) -> Int {
        var window = job.code
        let panels = weights.panels
        return ck_winograd_scratch(panels.isa.code, &window, Int32(panels.depth), Int32(panels.width))
    }
}
