import Testing
import Threads

@testable import HTTP

/// Graceful stop: what is under way ends, nothing new begins.
@Suite struct StopTests {
    static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Stops on a thread of its own, since stopping blocks.
    final class Stopping: Sendable {
        private let result = Monitor<Bool?>(nil)
        init(_ server: Server, within limit: Duration) throws {
            try startThread { [result] in
                let isClean = server.stop(within: limit)
                result.update { $0 = isClean }
            }
        }
        func isClean() -> Bool { result.wait { $0 } }
    }

    @Test func requestsUnderWayFinish() throws {
        let (started, release) = (Gate(), Gate())
        let handler = TestHandler(respond: { request, reply in
            started.open()
            release.wait()
            TestHandler.echo(request, reply)
        })
        try withServer(handler) { port, server in
            let (working, idle, uploading) = (try Client(port: port), try Client(port: port), try Client(port: port))
            let (silent, halfway) = (try Client(port: port), try Client(port: port))
            try working.send(Self.get + "GET /pipelined HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(started.wait())
            try uploading.send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
            try halfway.send("GET / HTTP/1.1\r\n")
            #expect(eventually { server.statistics.openConnections == 5 && server.statistics.requests == 2 })
            let stopping = try Stopping(server, within: .seconds(15))
            #expect(try idle.isClosedByServer())
            #expect(try silent.isClosedByServer())
            #expect(throws: Client.Failure.self) { try Client(port: port) }
            try uploading.send("llo")
            try halfway.send("Host: a\r\n\r\n")
            let refused = try #require(try halfway.receive())
            #expect(
                refused.status == 503 && refused.text.hasPrefix("shutting_down")
                    && refused.headers["retry-after"] == "1")
            release.open()
            for (client, text) in [(working, "GET /\n"), (uploading, "POST /up\nhello")] {
                let response = try #require(try client.receive())
                #expect(response.text == text && response.headers["connection"] == "close")
                #expect(try client.isClosedByServer())
            }
            #expect(stopping.isClean())
            #expect(!handler.handled.contains("GET /pipelined"))
        }
    }

    /// Answered before the stop, with the body still on its way.
    @Test func skippedBodyEndsTheConnection() throws {
        try withServer(TestHandler(admit: { _ in .refuse(.text("no", status: 401)) })) { port, server in
            let client = try Client(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
            #expect(try client.receive()?.headers["connection"] == nil)
            let stopping = try Stopping(server, within: .seconds(15))
            #expect(eventually { (try? Client(port: port)) == nil })
            try client.send("hello\(Self.get)")
            #expect(try client.isClosedByServer())
            #expect(stopping.isClean())
        }
    }

    @Test func whatTakesTooLongIsCut() throws {
        let (started, release) = (Gate(), Gate())
        let handler = TestHandler(respond: { _, reply in
            started.open()
            release.wait()
            reply(.text("late"))
        })
        try withServer(handler) { port, server in
            let client = try Client(port: port)
            try client.send(Self.get)
            #expect(started.wait())
            #expect(!server.stop(within: .milliseconds(100)))
            #expect(try client.isClosedByServer())
            release.open()
        }
    }

    @Test func streamsAreFinished() throws {
        let stream = ResponseStream()
        let handler = TestHandler(respond: { $1(Response(status: 200, body: .stream(stream))) })
        let closed = Gate()
        stream.onClose { closed.open() }
        try withServer(handler) { port, server in
            let client = try Client(port: port)
            try client.send(Self.get)
            _ = try client.receiveHead()
            stream.send([1])
            #expect(try client.receiveChunk() == [1])
            let stopping = try Stopping(server, within: .seconds(15))
            #expect(try client.receiveChunk() == [])
            #expect(try client.isClosedByServer())
            #expect(closed.wait() && !stream.send([2]))
            #expect(stopping.isClean())
        }
    }

    @Test func terminatedProcessAnswersFirst() throws {
        let process = try EchoServerProcess(descriptors: 64)
        let client = try Client(port: process.port)
        // The first answer shows that it serves; the second is under way when the signal comes.
        try client.send(Self.get)
        #expect(try client.receive()?.status == 200)
        try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.receive()?.status == 100)
        let status = Monitor<Int32?>(nil)
        let sent = Gate()
        let box = Unchecked(process)
        try startThread {
            sent.open()
            let code = box.value.terminate()
            status.update { $0 = code }
        }
        #expect(sent.wait())
        #expect(eventually { (try? Client(port: process.port)) == nil })
        try client.send("hello")
        let response = try #require(try client.receive())
        #expect(response.text == "hello" && response.headers["connection"] == "close")
        #expect(try client.isClosedByServer())
        #expect(status.wait { $0 } == 0)
    }

    @Test func startsOnceAndStopsTwice() throws {
        var configuration = ServerConfiguration(lanes: [.init(name: "a", threads: 1, queueLimit: 1)])
        configuration.port = 0
        let server = try Server(configuration: configuration, handler: TestHandler())
        #expect(server.stop())
        try server.start()
        #expect(throws: ServerError.alreadyStarted) { try server.start() }
        #expect(server.stop() && server.stop())
        #expect(throws: ServerError.alreadyStarted) { try server.start() }
        #expect(server.stop(within: .zero), "a start after the end leaves nothing to wait for")
    }

    @Test func addressInUseIsNamed() throws {
        try withServer { port, _ in
            var configuration = ServerConfiguration(lanes: [])
            configuration.port = port
            let second = try Server(configuration: configuration, handler: TestHandler())
            let error = #expect(throws: ServerError.self) { try second.start() }
            #expect(error?.description == "cannot listen on 127.0.0.1:\(port): Address already in use")
            #expect(second.stop())
            configuration.host = "no.such.host.invalid"
            let third = try Server(configuration: configuration, handler: TestHandler())
            #expect(throws: ServerError.unknownHost("no.such.host.invalid")) { try third.start() }
        }
    }
}

/// Hands a value to a thread that alone uses it.
private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
