import Glibc
import Synchronization
import Threads

/// Calls an action again and again on a thread of its own until it is stopped or let go.
final class Ticker: Sendable {
    private final class Work: Sendable {
        let isStopped = Atomic(false)
        let milliseconds: UInt32
        let action: @Sendable () -> Void

        init(milliseconds: UInt32, action: @escaping @Sendable () -> Void) {
            (self.milliseconds, self.action) = (milliseconds, action)
        }

        func run() {
            while !isStopped.load(ordering: .acquiring) {
                action()
                usleep(milliseconds * 1000)
            }
        }
    }

    private let work: Work

    /// The action must not keep the ticker's owner alive.
    /// - Throws: where no thread can be had.
    init(every milliseconds: UInt32, _ action: @escaping @Sendable () -> Void) throws {
        work = Work(milliseconds: milliseconds, action: action)
        try startThread { [work] in work.run() }
    }

    func stop() { work.isStopped.store(true, ordering: .releasing) }

    deinit { stop() }
}
