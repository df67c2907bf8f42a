import Kernels

/// A chain of steps, each reading what the last one wrote, run by bands of rows: of what lies between two steps only the rows that
/// are still needed are kept, so that it stays in the processor's cache however large the picture is.
struct RowBands {
    /// One call of one step.
    private struct Action {
        let step: Int
        let rows: Swift.Range<Int>
        /// The rows that the first rows of the input's and the output's memory hold.
        let inputBase: Int
        let outputBase: Int
        /// Rows of the output's memory that are still needed and move to its start first.
        let kept: Swift.Range<Int>
    }

    let chain: [RowStep]
    private var actions: [Action] = []
    /// Rows of memory that each step's output takes; of the last one all.
    private(set) var capacities: [Int]

    /// `band` rows of the last output at a time.
    init(_ chain: [RowStep], band: Int) {
        self.chain = chain
        let last = chain.count - 1
        capacities = chain.map { _ in 0 }
        capacities[last] = chain[last].height
        var done = chain.map { _ in 0 }
        var bases = done
        while done[last] < chain[last].height {
            var ends = done
            ends[last] = min(done[last] + band, chain[last].height)
            for index in stride(from: last, to: 0, by: -1) where ends[index] > done[index] {
                let under = chain[index].rows(done[index]..<ends[index]).picture
                ends[index - 1] = max(done[index - 1], under.upperBound)
            }
            for index in chain.indices where ends[index] > done[index] {
                var kept = 0..<0
                if index < last {
                    // Nothing before the rows under the follower's next one is needed any more.
                    let next = done[index + 1]
                    let low = min(chain[index + 1].rows(next..<next + 1).picture.lowerBound, done[index])
                    kept = (low - bases[index])..<(done[index] - bases[index])
                    bases[index] = low
                    capacities[index] = max(capacities[index], ends[index] - low)
                }
                actions.append(
                    Action(
                        step: index, rows: done[index]..<ends[index], inputBase: index > 0 ? bases[index - 1] : 0,
                        outputBase: bases[index], kept: kept))
                done[index] = ends[index]
            }
        }
    }

    /// The tallest bands of at least `least` rows with which the rows between the steps take at most `floats`, if any do, and
    /// in no more than `calls`.
    static func fitting(_ chain: [RowStep], floats: Int, least: Int, calls: Int) -> RowBands? {
        let height = chain.last?.height ?? 0
        var band = max(least, height)
        while chain.count * ((height + band - 1) / band) <= calls {
            let bands = RowBands(chain, band: band)
            if bands.floats <= floats { return bands }
            if band <= least { break }
            band = max(least, band / 2)
        }
        return nil
    }

    /// Floats between the steps.
    var floats: Int { zip(chain, capacities).dropLast().reduce(0) { $0 + $1.0.outputRow * $1.1 } }

    /// The calls in their order, `first` being the number of the chain's first step in the program.
    func calls(first: Int) -> [Program.Call] {
        actions.map { action in
            let step = chain[action.step]
            let rows = step.rows(action.rows)
            let band = Band(
                rows: rows, input: (rows.picture.lowerBound - action.inputBase) * step.inputRow,
                residual: rows.places.lowerBound * step.residualRow,
                output: (rows.places.lowerBound - action.outputBase) * step.outputRow)
            let (from, count) = (action.kept.lowerBound * step.outputRow, action.kept.count * step.outputRow)
            let (place, run) = (step.output.place, step.run)
            return Program.Call(step: first + action.step) { memory in
                if from > 0, count > 0 { memory[place].update(from: memory[place] + from, count: count) }
                run(memory, band)
            }
        }
    }
}
