import CKernels

/// Convolution or matrix weights in the order in which the kernel reads them: per group, panels of a few vectors of
/// output channels, each panel its bias and then one row per tap and input channel; zeros at the end serve as padding.
public struct PackedWeights: Sendable {
    public let isa: InstructionSet
    public let groups: Int
    /// Input channels of a group.
    public let depth: Int
    /// Output channels of a group.
    public let width: Int
    public let taps: Int
    let buffer: Buffer
    let floatsPerGroup: Int

    /// `weight(m, c, tap)` is asked once for each output channel 0..<groups · width, channel of its group and tap.
    public init(
        groups: Int = 1, depth: Int, width: Int, taps: Int = 1, bias: [Float]?, isa: InstructionSet,
        weight: (_ channel: Int, _ input: Int, _ tap: Int) -> Float
    ) {
        self.isa = isa
        self.groups = groups
        self.depth = depth
        self.width = width
        self.taps = taps
        let length = isa.vectorLength
        let vectors = (width + length - 1) / length
        floatsPerGroup = (taps * depth + 1) * vectors * length
        let perGroup = floatsPerGroup
        buffer = Buffer(count: groups * floatsPerGroup + depth * taps + length) { target in
            for group in 0..<groups {
                var at = group * perGroup
                var done = 0
                while done < vectors {
                    let panel = Int(ck_panel_width(isa.code, Int32(vectors), Int32(done)))
                    let lanes = panel * length
                    let first = done * length
                    let used = Swift.min(lanes, width - first)
                    if let bias { for lane in 0..<used { target[at + lane] = bias[group * width + first + lane] } }
                    at += lanes
                    for tap in 0..<taps {
                        for c in 0..<depth {
                            for lane in 0..<used { target[at + lane] = weight(group * width + first + lane, c, tap) }
                            at += lanes
                        }
                    }
                    done += panel
                }
            }
        }
    }

    /// Packs [M, C/G, KH, KW] weights.
    public init(convolution weights: [Float], shape: [Int], groups: Int, bias: [Float]?, isa: InstructionSet) {
        let (depth, taps) = (shape[1], shape[2] * shape[3])
        self = weights.withUnsafeBufferPointer { values in
            PackedWeights(groups: groups, depth: depth, width: shape[0] / groups, taps: taps, bias: bias, isa: isa) {
                values[($0 * depth + $1) * taps + $2]
            }
        }
    }

    public var bytes: Int { buffer.count * MemoryLayout<Float>.stride }
}
