import Threads

/// A bounded queue of jobs and the threads that run them.
final class WorkerLane: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State: Sendable {
        /// Nil where a job was taken: it is not kept, nor is the request in it.
        var jobs: [Job?] = []
        /// Jobs before this index were taken.
        var first = 0
        var statistics: ServerStatistics.Lane
        var threads = 0
        var isStopping = false

        mutating func pop() -> Job? {
            guard first < jobs.count else { return nil }
            let job = jobs[first]
            jobs[first] = nil
            first += 1
            if first == jobs.count || first > 1_024 {
                jobs.removeSubrange(..<first)
                first = 0
            }
            statistics.waiting -= 1
            return job
        }
    }

    private let state: Monitor<State>
    private let configuration: ServerConfiguration.Lane

    init(_ configuration: ServerConfiguration.Lane) {
        self.configuration = configuration
        state = Monitor(State(statistics: .init(name: configuration.name, queueLimit: configuration.queueLimit)))
    }

    var statistics: ServerStatistics.Lane { state.withLock { $0.statistics } }

    func start() throws(ServerError) {
        for _ in 0..<configuration.threads {
            state.withLock { $0.threads += 1 }
            do {
                try startThread { self.work() }
            } catch {
                state.withLock { $0.threads -= 1 }
                throw ServerError(error)
            }
        }
    }

    /// False if the queue is full.
    func submit(_ job: @escaping Job) -> Bool {
        state.update { state in
            guard state.statistics.waiting < configuration.queueLimit, !state.isStopping else {
                state.statistics.refused += 1
                return false
            }
            state.jobs.append(job)
            state.statistics.waiting += 1
            return true
        }
    }

    /// Drops what waits and ends the threads once they are done with what they run; false if that took too long.
    @discardableResult
    func stop(atMost limit: Duration) -> Bool {
        state.update { state in
            state.isStopping = true
            (state.jobs, state.first, state.statistics.waiting) = ([], 0, 0)
        }
        return state.wait(atMost: limit) { $0.threads == 0 }
    }

    private enum Next {
        case job(Job)
        case stop
    }

    private func work() {
        while true {
            let next: Next = state.wait { state in
                if let job = state.pop() {
                    state.statistics.running += 1
                    return .job(job)
                }
                return state.isStopping ? .stop : nil
            }
            guard case .job(let job) = next else { break }
            job()
            state.withLock { state in
                state.statistics.running -= 1
                state.statistics.finished += 1
            }
        }
        state.update { $0.threads -= 1 }
    }
}
