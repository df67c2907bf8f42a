/// Where each block lies in the arena: blocks whose lives overlap never share a byte.
enum MemoryPlan {
    struct Block {
        let count: Int
        /// The first and last step that touch the block; nil if none does.
        private(set) var life: ClosedRange<Int>?

        init(count: Int) { self.count = count }

        mutating func use(at step: Int) {
            life = life.map { min($0.lowerBound, step)...max($0.upperBound, step) } ?? step...step
        }
    }

    /// Blocks start at multiples of 16 floats, one cache line.
    static let alignment = 16

    /// Largest first, each at the lowest offset that is free during its life (greedy by size, Pisarchyk and Lee 2020).
    static func place(_ blocks: [Block]) -> (offsets: [Int], count: Int) {
        var offsets = Array(repeating: 0, count: blocks.count)
        var placed: [Int] = []
        var end = 0
        for index in blocks.indices.sorted(by: { (blocks[$0].count, $1) > (blocks[$1].count, $0) }) {
            guard let life = blocks[index].life else { continue }
            let size = (blocks[index].count + alignment - 1) / alignment * alignment
            let rivals = placed.filter { blocks[$0].life?.overlaps(life) ?? false }.sorted { offsets[$0] < offsets[$1] }
            var at = 0
            for rival in rivals {
                if offsets[rival] >= at + size { break }
                at = max(at, offsets[rival] + (blocks[rival].count + alignment - 1) / alignment * alignment)
            }
            offsets[index] = at
            placed.append(index)
            end = max(end, at + size)
        }
        return (offsets, end)
    }
}
