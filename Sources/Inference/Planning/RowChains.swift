/// The order of a program's calls: step after step, but by bands of rows where large values lie between neighbouring steps.
struct RowChains {
    private(set) var calls: [Program.Call] = []
    /// Blocks that never hold their whole value.
    private var partial: Set<Int> = []
    /// As they were, but smaller where partial, and living as long as the chain that uses them.
    private(set) var blocks: [MemoryPlan.Block]

    private let limits: Limits

    struct Limits: Sendable {
        /// Floats between two steps that are worth it: 0.75 MiB, too much to stay in a second cache of 2 MiB beside what else is
        /// touched.
        var least = 3 << 16
        /// Floats that all rows between a chain's steps may take, 0.75 MiB as well.
        var resident = 3 << 16
        /// Steps of a chain.
        var steps = 16
        /// Calls of a program that come of chains, some 250 bytes each, however many a file would have.
        var calls = 1 << 15
        /// Rows of a band: shorter ones cost more by being moved than they save.
        var leastBand = 4
    }

    /// By bands of rows only with `limits`.
    init(_ steps: [Program.Step], _ blocks: [MemoryPlan.Block], _ limits: Limits?) {
        self.blocks = blocks
        self.limits = limits ?? Limits()
        var first = 0
        while first < steps.count {
            var last = first
            var bands: RowBands?
            while limits != nil, last + 1 < steps.count, joins(steps, last),
                let longer = fitting(steps[first...last + 1])
            {
                bands = longer
                last += 1
            }
            if let bands {
                join(bands, first...last)
            } else {
                calls.append(Program.Call(step: first, run: steps[first].run))
            }
            first = last + 1
        }
    }

    /// Nil where the chain is too long, or its rows are.
    private func fitting(_ steps: ArraySlice<Program.Step>) -> RowBands? {
        guard steps.count <= limits.steps else { return nil }
        return RowBands.fitting(
            steps.compactMap(\.rows), floats: limits.resident, least: limits.leastBand,
            calls: limits.calls - calls.count)
    }

    /// Those probes whose values are ever there as a whole.
    func whole(_ probes: [Program.Probe]) -> [Program.Probe] {
        probes.filter { probe in
            guard let block = probe.view.block else { return true }
            return !partial.contains(block)
        }
    }

    /// Whether what step `index` writes is large and read by the next step alone, as it lies.
    private func joins(_ steps: [Program.Step], _ index: Int) -> Bool {
        guard let one = steps[index].rows, let other = steps[index + 1].rows, one.takesBands, other.takesBands,
            case .arena(let block) = one.output.place.home, blocks[block].life == index...index + 1
        else { return false }
        let count = one.output.count
        return count >= limits.least && blocks[block].count == count && one.output.place.offset == 0
            && other.input.block == block && other.input.shape == one.output.shape
            && other.input.strides == one.output.strides && other.residual?.block != block
    }

    private mutating func join(_ bands: RowBands, _ steps: ClosedRange<Int>) {
        calls += bands.calls(first: steps.lowerBound)
        for block in blocks.indices where blocks[block].life?.overlaps(steps) ?? false {
            blocks[block].use(at: steps.lowerBound)
            blocks[block].use(at: steps.upperBound)
        }
        for (step, rows) in zip(bands.chain, bands.capacities).dropLast() {
            guard let block = step.output.block else { continue }
            blocks[block].shrink(to: rows * step.outputRow)
            partial.insert(block)
        }
    }
}
