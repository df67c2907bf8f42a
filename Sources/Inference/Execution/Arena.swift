/// The memory of one session, at a 64-byte boundary, so that vectors do not straddle cache lines.
final class Arena {
    let count: Int
    let base: UnsafeMutablePointer<Float>
    /// One word for programs that have no blocks.
    let lookup: UnsafeMutablePointer<Int>

    init(count: Int) {
        self.count = count
        let room = max(count, 1)
        base = UnsafeMutableRawPointer.allocate(byteCount: room * MemoryLayout<Float>.stride, alignment: 64)
            .bindMemory(to: Float.self, capacity: room)
        base.initialize(repeating: 0, count: room)
        lookup = .allocate(capacity: 1)
        lookup.initialize(to: 0)
    }

    deinit {
        UnsafeMutableRawPointer(base).deallocate()
        lookup.deallocate()
    }
}
