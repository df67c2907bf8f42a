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
        self.init(groups: groups, depth: depth, width: width, taps: taps, bias: bias, isa: isa) { layout, target in
            for channel in 0..<groups * width {
                for tap in 0..<taps {
                    for c in 0..<depth { target[layout.place(channel, c, tap)] = weight(channel, c, tap) }
                }
            }
        }
    }

    /// `fill` puts each weight where the layout says.
    init(
        groups: Int, depth: Int, width: Int, taps: Int, bias: [Float]?, isa: InstructionSet,
        fill: (Layout, UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        self.isa = isa
        self.groups = groups
        self.depth = depth
        self.width = width
        self.taps = taps
        let layout = Layout(groups: groups, depth: depth, width: width, taps: taps, isa: isa)
        floatsPerGroup = layout.floatsPerGroup
        buffer = Buffer(count: layout.count) { target in
            for (channel, value) in (bias ?? []).enumerated() { target[layout.bias(channel)] = value }
            fill(layout, target)
        }
    }

    /// Where each weight lies.
    struct Layout {
        let width: Int
        let depth: Int
        let floatsPerGroup: Int
        /// With the zeros at the end.
        let count: Int
        /// Of each output channel of a group: its bias, and the floats between its weights.
        private var lanes: [(start: Int, step: Int)] = []

        init(groups: Int, depth: Int, width: Int, taps: Int, isa: InstructionSet) {
            let length = isa.vectorLength
            let vectors = (width + length - 1) / length
            (self.width, self.depth) = (width, depth)
            floatsPerGroup = (taps * depth + 1) * vectors * length
            count = PackedWeights.count(groups: groups, depth: depth, width: width, taps: taps, isa: isa)
            var done = 0
            while done < vectors {
                let panel = Int(ck_panel_width(isa.code, Int32(vectors), Int32(done)))
                for lane in 0..<Swift.min(panel * length, width - done * length) {
                    lanes.append(((taps * depth + 1) * done * length + lane, panel * length))
                }
                done += panel
            }
        }

        func bias(_ channel: Int) -> Int { channel / width * floatsPerGroup + lanes[channel % width].start }

        func place(_ channel: Int, _ input: Int, _ tap: Int) -> Int {
            bias(channel) + (tap * depth + input + 1) * lanes[channel % width].step
        }
    }

    /// Floats that such weights will take.
    public static func count(groups: Int = 1, depth: Int, width: Int, taps: Int = 1, isa: InstructionSet) -> Int {
        let length = isa.vectorLength
        let vectors = (width + length - 1) / length
        return groups * (taps * depth + 1) * vectors * length + depth * taps + length
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
