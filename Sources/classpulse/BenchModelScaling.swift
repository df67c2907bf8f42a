import Glibc
import Inference
import Tensor
import Threads

/// How much more sessions at the same time get done than one: each on a thread of its own, running whole batches.
struct ModelScaling: Encodable {
    let sessions: Int
    /// Pictures a second of one session, and of all; medians over the rounds.
    let one: Double
    let all: Double
    /// The median over the rounds of all / one.
    let ratio: Double
    let rounds: Int

    /// Rounds of half a second for one session and half a second for all, in turns, so that other load hits both.
    init(_ plan: Plan, shape: [Int], input: [Float], sessions count: Int, rounds: Int = 9) throws {
        let crew = try (0..<count).map { _ in
            let session = Session(plan)
            try session.prepare([shape])
            return Worker(session, input)
        }
        _ = try ModelScaling.rate(crew, seconds: 0.1)
        var (ones, alls, ratios): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<rounds {
            ones.append(try ModelScaling.rate(Array(crew.prefix(1)), seconds: 0.5) * Double(shape[0]))
            alls.append(try ModelScaling.rate(crew, seconds: 0.5) * Double(shape[0]))
            ratios.append(alls[alls.count - 1] / ones[ones.count - 1])
        }
        sessions = count
        self.rounds = rounds
        one = ones.sorted()[rounds / 2]
        all = alls.sorted()[rounds / 2]
        ratio = ratios.sorted()[rounds / 2]
    }

    /// A session that only one thread at a time works with.
    private final class Worker: @unchecked Sendable {
        private let session: Session
        private let input: [Float]

        init(_ session: Session, _ input: [Float]) {
            self.session = session
            self.input = input
        }

        /// Runs until `end` and gives the runs a second.
        func rate(until end: ContinuousClock.Instant) -> Double {
            let start = ContinuousClock.now
            var runs = 0
            repeat {
                session.withInput { _ = $0.update(from: input) }
                session.execute()
                runs += 1
            } while ContinuousClock.now < end
            return Double(runs) / ((ContinuousClock.now - start) / .seconds(1))
        }
    }

    /// Runs a second of all the crew together.
    private static func rate(_ crew: [Worker], seconds: Double) throws -> Double {
        let end = ContinuousClock.now + .seconds(seconds)
        let total = Monitor(0.0)
        let threads = try crew.map { worker in
            try ThreadHandle {
                let rate = worker.rate(until: end)
                total.withLock { $0 += rate }
            }
        }
        for thread in threads { thread.join() }
        return total.withLock { $0 }
    }

    var text: String {
        """
        \(sessions) sessions: \(Column.fixed(all, 1)) pictures/s, one: \(Column.fixed(one, 1)), \
        \(Column.fixed(ratio, 2)) times as many (medians of \(rounds) rounds)
        """
    }
}
