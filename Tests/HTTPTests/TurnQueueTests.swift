import Testing

@testable import HTTP

@Suite struct TurnQueueTests {
    /// However often a connection asks, it has one turn.
    @Test func eachWaitsOnce() {
        var queue = TurnQueue()
        for _ in 0..<3 { for id: UInt64 in [7, 2, 7] { queue.append(id) } }
        #expect(!queue.isEmpty && queue.takeAll() == [7, 2])
        #expect(queue.isEmpty && queue.takeAll() == [])
        queue.append(7)
        #expect(queue.takeAll() == [7], "in the next turn again")
    }
}
