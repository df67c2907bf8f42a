import Synchronization
import Testing
import Threads

@testable import HTTP

/// Replies from other threads and bodies produced over time.
@Suite struct StreamTests {
    static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    static func handler(_ stream: ResponseStream) -> TestHandler {
        TestHandler(respond: { request, reply in
            if request.head.path.isEmpty {
                reply(Response(status: 200, headers: ["Content-Type": "text/event-stream"], body: .stream(stream)))
            } else {
                TestHandler.echo(request, reply)
            }
        })
    }

    @Test func eventsArriveAsTheyAreSent() throws {
        let stream = ResponseStream()
        let closed = Gate()
        stream.onClose { closed.open() }
        stream.send(Array("before".utf8))
        try withServer(Self.handler(stream)) { port, server in
            let client = try Client(port: port)
            try client.send(Self.get + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
            let head = try #require(try client.receiveHead())
            #expect(head.headers["transfer-encoding"] == "chunked" && head.headers["content-length"] == nil)
            #expect(try client.receiveChunk() == Array("before".utf8))
            for index in 0..<20 {
                #expect(stream.send(Array("event \(index)".utf8)))
                #expect(try client.receiveChunk() == Array("event \(index)".utf8))
            }
            #expect(server.statistics.openStreams == 1)
            stream.send([])
            stream.finish()
            #expect(!stream.send([1]))
            #expect(try client.receiveChunk() == [])
            #expect(closed.wait())
            // The connection goes on with the next request.
            #expect(try client.receive()?.text == "GET /next\n")
            #expect(server.statistics.openStreams == 0)
        }
    }

    @Test func peerThatLeavesIsNoticed() throws {
        let stream = ResponseStream()
        let closed = Gate()
        stream.onClose { closed.open() }
        try withServer(Self.handler(stream)) { port, server in
            var client: Client? = try Client(port: port)
            try client?.send(Self.get)
            #expect(try client?.receiveHead()?.status == 200)
            client = nil
            #expect(closed.wait())
            #expect(!stream.send([1]))
            #expect(eventually { server.statistics.openConnections == 0 && server.statistics.openStreams == 0 })
            // An action registered late runs at once.
            let late = Gate()
            stream.onClose { late.open() }
            #expect(late.pause(.zero))
        }
    }

    @Test func peerThatDoesNotReadIsCutOff() throws {
        let stream = ResponseStream(bufferLimit: 1 << 20)
        let closed = Gate()
        stream.onClose { closed.open() }
        try withServer(Self.handler(stream)) { port, server in
            let client = try Client(port: port, receiveBuffer: 4_096)
            try client.send(Self.get)
            #expect(try client.receiveHead()?.status == 200)
            var sent = 0
            while stream.send([UInt8](repeating: 65, count: 65_536)), sent < 1_000 { sent += 1 }
            #expect(sent < 1_000, "64 MB were buffered")
            #expect(closed.wait())
            #expect(eventually { server.statistics.openConnections == 0 })
        }
    }

    @Test func streamToAnOldClientEndsWithTheConnection() throws {
        let stream = ResponseStream()
        try withServer(Self.handler(stream)) { port, _ in
            let client = try Client(port: port)
            try client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let head = try #require(try client.receiveHead())
            #expect(head.headers["connection"] == "close" && head.headers["transfer-encoding"] == nil)
            stream.send([1, 2, 3])
            stream.finish()
            #expect(try client.receiveToEnd() == [1, 2, 3])
        }
    }

    @Test func headOfAStream() throws {
        let stream = ResponseStream()
        let closed = Gate()
        stream.onClose { closed.open() }
        try withServer(Self.handler(stream)) { port, _ in
            let client = try Client(port: port)
            try client.send(Self.get.replacing("GET", with: "HEAD") + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receiveHead()?.headers["transfer-encoding"] == "chunked")
            #expect(closed.wait())
            #expect(try client.receive()?.text == "GET /next\n")
        }
    }

    @Test func manySendersOneStream() throws {
        let stream = ResponseStream(bufferLimit: 1 << 22)
        try withServer(Self.handler(stream)) { port, _ in
            let client = try Client(port: port)
            try client.send(Self.get)
            let left = Counter(4)
            for sender in 0..<4 {
                try startThread {
                    for _ in 0..<1_000 { stream.send([UInt8](repeating: UInt8(sender), count: 10)) }
                    if left.decrement() == 0 { stream.finish() }
                }
            }
            let body = try #require(try client.receive()).body
            #expect(body.count == 40_000)
            for start in stride(from: 0, to: body.count, by: 10) {
                #expect(Set(body[start..<(start + 10)]).count == 1)
            }
        }
    }

    @Test func replyFromAnotherThreadLater() throws {
        let pending = PendingReplies()
        let handler = TestHandler(respond: { request, reply in pending.add { TestHandler.echo(request, reply) } })
        try withServer(handler, threads: 1) { port, _ in
            let clients = try (0..<8).map { _ in try Client(port: port) }
            for (index, client) in clients.enumerated() {
                try client.send("GET /\(index) HTTP/1.1\r\nHost: a\r\n\r\n")
            }
            #expect(eventually { pending.count == 8 })
            try startThread { pending.runAll() }
            for (index, client) in clients.enumerated() { #expect(try client.receive()?.text == "GET /\(index)\n") }
        }
    }

    @Test func droppedReplyIsAnInternalError() throws {
        try withServer(TestHandler(respond: { _, _ in })) { port, server in
            let client = try Client(port: port)
            try client.send(Self.get + Self.get)
            #expect(try client.receive()?.status == 500)
            #expect(try client.receive()?.status == 500)
            #expect(server.statistics.refusals == [500: 2])
        }
    }

    @Test func onlyTheFirstReplyCounts() throws {
        let extra = ResponseStream()
        let handler = TestHandler(respond: { _, reply in
            reply(.text("first"))
            reply(.text("second"))
            reply(Response(status: 200, body: .stream(extra)))
        })
        try withServer(handler) { port, _ in
            let client = try Client(port: port)
            try client.send(Self.get + Self.get)
            #expect(try client.receive()?.text == "first")
            #expect(try client.receive()?.text == "first")
            #expect(eventually { !extra.send([1]) })
        }
    }

    @Test func clientGoneBeforeTheReply() throws {
        let (started, release) = (Gate(), Gate())
        let stream = ResponseStream()
        let closed = Gate()
        stream.onClose { closed.open() }
        let handler = TestHandler(respond: { _, reply in
            started.open()
            release.wait()
            reply(Response(status: 200, body: .stream(stream)))
        })
        try withServer(handler) { port, server in
            var client: Client? = try Client(port: port)
            try client?.send(Self.get)
            #expect(started.wait())
            client = nil
            release.open()
            #expect(closed.wait())
            #expect(eventually { server.statistics.openConnections == 0 })
        }
    }
}

private final class Counter: Sendable {
    private let value: Atomic<Int>
    init(_ value: Int) { self.value = Atomic(value) }
    func decrement() -> Int { value.subtract(1, ordering: .acquiringAndReleasing).newValue }
}

private final class PendingReplies: Sendable {
    private let actions = Monitor<[@Sendable () -> Void]>([])
    var count: Int { actions.withLock { $0.count } }
    func add(_ action: @escaping @Sendable () -> Void) { actions.withLock { $0.append(action) } }
    func runAll() {
        let all = actions.withLock { actions in
            defer { actions = [] }
            return actions
        }
        for action in all { action() }
    }
}
