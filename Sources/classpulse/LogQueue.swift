import Glibc
import Threads

/// The log on its way to a descriptor, written by a thread of its own: where the reader of a pipe stalls, further lines are
/// dropped and counted, and no thread that logs waits, the one that owns all sockets least of all.
final class LogQueue: TextOutputStream, Sendable {
    private struct State {
        var text: [UInt8] = []
        var dropped = 0
        /// Nothing waits and nothing is being written.
        var isIdle = true
    }

    /// Bytes that may wait.
    private static let limit = 1 << 20
    private let state = Monitor(State())

    /// - Parameter descriptor: stays open; its errors are ignored.
    init(descriptor: Int32) throws(ThreadError) {
        try startThread { [state] in
            while true {
                var text = state.wait { state -> [UInt8]? in
                    if state.isIdle { return nil }
                    let dropped = "\(state.dropped) lines of the log were dropped: nobody read it\n"
                    defer { (state.text, state.dropped) = ([], 0) }
                    return state.text + (state.dropped > 0 ? dropped : "").utf8
                }[...]
                while !text.isEmpty {
                    let count = text.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                    if count < 0, errno != EINTR { break }
                    text = text.dropFirst(max(count, 0))
                }
                state.update { $0.isIdle = $0.text.isEmpty && $0.dropped == 0 }
            }
        }
    }

    func write(_ line: String) {
        state.update { state in
            state.isIdle = false
            if state.text.count + line.utf8.count <= Self.limit { state.text += line.utf8 } else { state.dropped += 1 }
        }
    }

    /// Waits until what was logged is written; false where it was not within that time.
    @discardableResult
    func drain(atMost limit: Duration) -> Bool { state.wait(atMost: limit) { $0.isIdle } }
}
