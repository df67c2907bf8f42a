import CEpoll
import Glibc
import Threads

/// What other threads tell the reactor; its event descriptor wakes epoll.
final class Mailbox: Sendable {
    enum Message: Sendable {
        case response(EncodedResponse, connection: UInt64)
        case streamReady(connection: UInt64)
        case stop(ContinuousClock.Instant)
    }

    let descriptor: Int32
    private let messages = Monitor<[Message]>([])

    init() throws(ServerError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else { throw .system(call: "eventfd", errno: errno) }
    }

    deinit { Glibc.close(descriptor) }

    func post(_ message: Message) {
        let wasEmpty = messages.withLock { messages in
            defer { messages.append(message) }
            return messages.isEmpty
        }
        guard wasEmpty else { return }
        var one: UInt64 = 1
        _ = Glibc.write(descriptor, &one, MemoryLayout.size(ofValue: one))
    }

    func takeAll() -> [Message] {
        var count: UInt64 = 0
        _ = Glibc.read(descriptor, &count, MemoryLayout.size(ofValue: count))
        return messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}
