import Testing

@testable import Threads

@Suite struct MonitorTests {
    @Test func noUpdateIsLost() throws {
        let count = Monitor(0)
        let threads = try (0..<4).map { _ in
            try ThreadHandle { for _ in 0..<10_000 { count.withLock { $0 += 1 } } }
        }
        for thread in threads { thread.join() }
        #expect(count.withLock { $0 } == 40_000)
    }

    @Test func waitsForAValueThatAnotherThreadBrings() throws {
        let queue = Monitor<[Int]>([])
        let echo = Monitor<[Int]>([])
        let thread = try ThreadHandle {
            for _ in 0..<100 {
                let value = queue.wait { $0.isEmpty ? nil : $0.removeFirst() }
                echo.update { $0.append(value) }
            }
        }
        for value in 0..<100 { queue.update { $0.append(value) } }
        #expect(echo.wait { $0.count == 100 ? $0 : nil } == Array(0..<100))
        thread.join()
    }

    @Test func waitingEndsAtItsLimit() {
        let state = Monitor(false)
        #expect(!state.wait(atMost: .milliseconds(20)) { $0 })
        state.update { $0 = true }
        #expect(state.wait(atMost: .zero) { $0 })
    }

    private struct Failure: Error {}

    /// A body that throws leaves the lock free, and its changes stand.
    @Test func errorsPassThrough() {
        let state = Monitor(1)
        #expect(throws: Failure.self) {
            try state.update { value throws(Failure) in
                value = 2
                throw Failure()
            }
        }
        #expect(state.withLock { $0 } == 2)
    }

    @Test func aThreadKnowsItself() throws {
        let handle = Monitor<ThreadHandle?>(nil)
        let isCurrent = Monitor<Bool?>(nil)
        let thread = try ThreadHandle {
            let own = handle.wait { $0 }
            isCurrent.update { $0 = own.isCurrent }
        }
        handle.update { $0 = thread }
        #expect(isCurrent.wait { $0 })
        #expect(!thread.isCurrent)
        thread.join()
    }
}
