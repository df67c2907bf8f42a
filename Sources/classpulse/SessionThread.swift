import Glibc
import Inference
import Threads

/// A thread that executes one session each time it is told to.
final class SessionThread {
    private let state: State

    /// What both threads see: the session is touched by the thread only between `start` and `wait`. The thread holds it for
    /// ever, so that nothing is freed.
    private final class State: @unchecked Sendable {
        let session: Session
        // Allocated, since both threads use them at the same time, which Swift forbids for a property.
        let begin = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        let end = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init(_ session: Session) {
            self.session = session
            sem_init(begin, 0, 0)
            sem_init(end, 0, 0)
        }
    }

    init(_ session: Session) throws(ThreadError) {
        state = State(session)
        try startThread { [state] in
            while true {
                sem_wait(state.begin)
                state.session.execute()
                sem_post(state.end)
            }
        }
    }

    func start() { sem_post(state.begin) }

    func wait() { sem_wait(state.end) }
}
