import TestSupport
import Testing

@testable import Inference

struct MemoryPlanTests {
    @Test(arguments: 0..<50 as Swift.Range<UInt64>)
    func blocksThatLiveTogetherNeverOverlap(seed: UInt64) {
        var random = FixedRandom(seed: seed)
        let blocks = (0..<Int.random(in: 1...40, using: &random)).map { _ in
            var block = MemoryPlan.Block(count: Int.random(in: 1...500, using: &random))
            let first = Int.random(in: 0...30, using: &random)
            block.use(at: first)
            block.use(at: first + Int.random(in: 0...10, using: &random))
            return block
        }
        let (offsets, count) = MemoryPlan.place(blocks)
        for (i, a) in blocks.enumerated() {
            #expect(offsets[i] % MemoryPlan.alignment == 0)
            #expect(offsets[i] + a.count <= count)
            for (j, b) in blocks.enumerated() where j > i {
                guard let x = a.life, let y = b.life, x.overlaps(y) else { continue }
                let apart = offsets[i] + a.count <= offsets[j] || offsets[j] + b.count <= offsets[i]
                #expect(apart, "seed \(seed): blocks \(i) and \(j)")
            }
        }
        #expect(count <= blocks.reduce(0) { $0 + ($1.count + 15) / 16 * 16 })
    }
}
