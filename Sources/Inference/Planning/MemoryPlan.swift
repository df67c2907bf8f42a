/// Where each block lies in the arena: blocks whose lives overlap never share a byte.
enum MemoryPlan {
    struct Block {
        private(set) var count: Int
        /// The first and last step that touch the block; nil if none does.
        private(set) var life: ClosedRange<Int>?

        init(count: Int) { self.count = count }

        mutating func use(at step: Int) {
            life = life.map { min($0.lowerBound, step)...max($0.upperBound, step) } ?? step...step
        }

        mutating func shrink(to count: Int) { self.count = count }

        /// Makes room for `parts` of it that all live from the first step to `last`.
        mutating func keep(parts: Int, last: Int) {
            count *= parts
            life = 0...last
        }
    }

    /// Blocks start at multiples of 16 floats, one cache line.
    static let alignment = 16

    /// Largest first, each at the lowest offset that is free during its life (greedy by size, Pisarchyk and Lee 2020).
    static func place(_ blocks: [Block]) -> (offsets: [Int], count: Int) {
        var offsets = Array(repeating: 0, count: blocks.count)
        var placed: [Int] = []  // by offset
        var end = 0
        for index in blocks.indices.sorted(by: { (blocks[$0].count, $1) > (blocks[$1].count, $0) }) {
            guard let life = blocks[index].life else { continue }
            let size = (blocks[index].count + alignment - 1) / alignment * alignment
            var at = 0
            for rival in placed where blocks[rival].life?.overlaps(life) ?? false {
                if offsets[rival] >= at + size { break }
                at = max(at, offsets[rival] + (blocks[rival].count + alignment - 1) / alignment * alignment)
            }
            offsets[index] = at
            placed.insert(index, at: placed.partitioningIndex { offsets[$0] >= at })
            end = max(end, at + size)
        }
        return (offsets, end)
    }
}

extension Array {
    /// The first index from which `isSecond` holds; it must hold for all behind the first for which it does.
    fileprivate func partitioningIndex(where isSecond: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
