import Concentration
import Threads

/// The one thread that writes. It takes what is queued, does it in one transaction, commits once, and only then
/// reports each outcome: one `fsync` acknowledges as many frames as arrived during the last one.
final class Writer: @unchecked Sendable {
    private struct Job {
        var operation: String
        /// Runs alone and outside a transaction.
        var isAlone: Bool
        var work: (Connection) throws(StoreError) -> Void
        /// Called on the writer's thread, after the commit.
        var finish: (StoreError?) -> Void
    }

    /// Jobs of one transaction at most: bounds the time until the first is acknowledged.
    private static let batchLimit = 512
    /// Between two tries to empty the log.
    private static let retryPause = Duration.seconds(1)

    private struct State {
        var queue: [Job] = []
        var isClosed = false
    }

    private let state = Monitor(State())
    private let queueLimit: Int
    /// Set once, before anything is queued.
    private var thread: ThreadHandle?

    // Used by the writer's thread alone.
    private let connection: Connection

    init(connection: Connection, queueLimit: Int) {
        self.connection = connection
        self.queueLimit = queueLimit
        do {
            thread = try ThreadHandle { self.loop() }
        } catch {
            preconditionFailure("no thread for the writer: errno \(error.errno)")
        }
    }

    /// Finishes what is queued, then ends the thread. Later jobs fail with `closed`.
    func close() {
        let wasOpen = state.update { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard wasOpen, let thread else { return }
        if thread.isCurrent { thread.detach() } else { thread.join() }
    }

    /// Queues a piece of work; `completion` is called once, on the writer's thread after the commit, or here at once
    /// if the queue is full or closed. Work that throws is undone alone, the rest of the transaction stands.
    /// - Parameter alone: outside a transaction and with nothing beside it, as `VACUUM` needs.
    func submit<T>(
        _ operation: String, alone: Bool = false, _ work: @escaping @Sendable (Connection) throws(StoreError) -> T,
        completion: @escaping @Sendable (Result<T, StoreError>) -> Void
    ) {
        let outcome = Outcome<T>()
        let job = Job(
            operation: operation, isAlone: alone,
            work: { connection throws(StoreError) in outcome.value = try work(connection) },
            finish: { error in
                if let error {
                    completion(.failure(error))
                } else if let value = outcome.value {
                    completion(.success(value))
                }
            })
        let refusal: StoreError? = state.update { state in
            if state.isClosed { return .closed }
            if state.queue.count >= queueLimit { return .overloaded(waiting: state.queue.count) }
            state.queue.append(job)
            return nil
        }
        if let refusal { completion(.failure(refusal)) }
    }

    /// `submit`, and waits for the commit. Not to be called from a completion.
    func perform<T>(
        _ operation: String, alone: Bool = false, _ work: @escaping @Sendable (Connection) throws(StoreError) -> T
    ) throws(StoreError) -> T {
        let outcome = Monitor<Result<T, StoreError>?>(nil)
        submit(operation, alone: alone, work) { result in outcome.update { $0 = result } }
        return try outcome.wait { $0 }.get()
    }

    /// For completions, which run on its thread: what was erased is still in the file.
    var mustTruncateLog: Bool { connection.mustTruncateLog }

    private func loop() {
        while true {
            // What a reader was in the way of is tried again until they are gone.
            while connection.mustTruncateLog,
                !state.wait(atMost: Self.retryPause, until: { !$0.queue.isEmpty || $0.isClosed })
            {
                connection.withoutWaiting(connection.truncateLog)
            }
            let batch: [Job] = state.wait { state in
                if state.queue.isEmpty && !state.isClosed { return nil }
                let together = state.queue.prefix(Self.batchLimit).prefix { !$0.isAlone }
                let batch = Array(together.isEmpty ? state.queue.prefix(1) : together)
                state.queue.removeFirst(batch.count)
                return batch
            }
            guard !batch.isEmpty else { return connection.close() }
            let errors = batch[0].isAlone ? [run(batch[0])] : commit(batch)
            // An erasure waits for the log a while before it is told done; others do not wait for what a reader delayed.
            if batch[0].isAlone { connection.truncateLog() }
            for (job, error) in zip(batch, errors) { job.finish(error) }
            if !batch[0].isAlone { connection.withoutWaiting(connection.truncateLog) }
        }
    }

    private func run(_ job: Job) -> StoreError? {
        connection.operation = job.operation
        do throws(StoreError) {
            try job.work(connection)
            return nil
        } catch {
            return error
        }
    }

    /// One outcome for each job.
    private func commit(_ batch: [Job]) -> [StoreError?] {
        var errors: [StoreError?] = []
        do throws(StoreError) {
            connection.operation = batch.count == 1 ? batch[0].operation : "committing \(batch.count) operations"
            try connection.run("BEGIN IMMEDIATE")
            for job in batch { errors.append(try attempt(job)) }
            connection.operation = "committing \(batch.count) operations"
            try connection.run("COMMIT")
            return errors
        } catch {
            if !connection.isAutocommit { try? connection.run("ROLLBACK") }
            // What failed for a reason of its own keeps that reason.
            return batch.indices.map { index in index < errors.count ? errors[index] ?? error : error }
        }
    }

    /// The job's own error. Throws where the whole transaction is lost.
    private func attempt(_ job: Job) throws(StoreError) -> StoreError? {
        connection.operation = job.operation
        try connection.run("SAVEPOINT job")
        do throws(StoreError) {
            try job.work(connection)
            try connection.run("RELEASE job")
            return nil
        } catch {
            if connection.isAutocommit { throw error }
            try connection.run("ROLLBACK TO job")
            try connection.run("RELEASE job")
            return error
        }
    }
}

/// A slot that is filled before it is read, on the same thread or under a lock.
private final class Outcome<T>: @unchecked Sendable {
    var value: T?
}
