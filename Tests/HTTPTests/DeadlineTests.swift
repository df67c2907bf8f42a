import Testing

@testable import HTTP

/// Deadlines are absolute: a byte now and then does not extend them. Each is set short here, the others stay long.
@Suite struct DeadlineTests {
    /// Sends the bytes one by one with pauses until the server answers or closes.
    static func trickle(_ text: String, to client: Client) throws {
        let gate = Gate()
        for byte in text.utf8 {
            do { try client.send([byte]) } catch { return }
            _ = gate.pause()
        }
    }

    static let endless = String(repeating: "X: 1\r\n", count: 60)

    @Test func slowHead() throws {
        try withServer(configure: { $0.deadlines.head = .seconds(2) }) { port, server in
            let client = try Client(port: port)
            try Self.trickle("GET / HTTP/1.1\r\nHost: a\r\n" + Self.endless, to: client)
            #expect(try client.receive()?.status == 408)
            #expect(try client.isClosedByServer())
            #expect(server.statistics.requests == 0)
        }
    }

    @Test func slowSecondHead() throws {
        try withServer(configure: { $0.deadlines.head = .seconds(2) }) { port, _ in
            let client = try Client(port: port)
            try client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receive()?.text == "GET /1\n")
            try Self.trickle("GET /2 HTTP/1.1\r\nHost: a\r\n" + Self.endless, to: client)
            #expect(try client.receive()?.status == 408)
            #expect(try client.isClosedByServer())
        }
    }

    /// What was asked before does not tell how a request is answered that never came to its end.
    @Test func slowSecondHeadIsNoHEAD() throws {
        try withServer(configure: { $0.deadlines.head = .seconds(2) }) { port, _ in
            let client = try Client(port: port)
            try client.send("HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receive(isHead: true)?.status == 200)
            try client.send("GET /2 HTT")
            let response = try #require(try client.receive())
            #expect(response.status == 408 && !response.text.isEmpty)
            #expect(try client.isClosedByServer())
        }
    }

    @Test func silentConnectionIsClosedWithoutAWord() throws {
        try withServer(configure: { $0.deadlines.head = .milliseconds(100) }) { port, _ in
            let client = try Client(port: port)
            #expect(try client.isClosedByServer())
        }
    }

    @Test func idleConnectionIsClosedWithoutAWord() throws {
        try withServer(configure: { $0.deadlines.idle = .milliseconds(100) }) { port, _ in
            let client = try Client(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receive()?.status == 200)
            #expect(try client.isClosedByServer())
        }
    }

    @Test(arguments: ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
    func slowBody(framing: String) throws {
        let handler = TestHandler()
        try withServer(handler, configure: { $0.deadlines.body = .milliseconds(300) }) { port, _ in
            let client = try Client(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            try Self.trickle(String(repeating: "1\r\nx\r\n", count: 60), to: client)
            #expect(try client.receive()?.status == 408)
            #expect(try client.isClosedByServer())
            #expect(handler.handled.isEmpty)
        }
    }

    @Test func readerThatDoesNotRead() throws {
        let handler = TestHandler(respond: {
            $1(Response(status: 200, body: .bytes([UInt8](repeating: 7, count: 32 << 20))))
        })
        try withServer(handler, configure: { $0.deadlines.write = .milliseconds(300) }) { port, server in
            let client = try Client(port: port, receiveBuffer: 4_096)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(eventually { server.statistics.responses[200] == 1 })
            #expect(eventually { server.statistics.openConnections == 0 })
            #expect(throws: (any Error).self) { try client.receive() }
        }
    }

    @Test func clientThatStaysAfterTheEnd() throws {
        try withServer(configure: { $0.deadlines.linger = .milliseconds(100) }) { port, server in
            let client = try Client(port: port)
            try client.send("bad\r\n")
            #expect(try client.receive()?.status == 400)
            #expect(eventually { server.statistics.openConnections == 0 })
        }
    }

    /// The deadlines are the request's; the time of the answer is the application's.
    @Test func slowAnswerIsNotTimedOut() throws {
        let handler = TestHandler(respond: { request, reply in
            _ = Gate().pause(.seconds(4))
            TestHandler.echo(request, reply)
        })
        let configure: (inout ServerConfiguration) -> Void = {
            ($0.deadlines.head, $0.deadlines.body) = (.seconds(2), .seconds(2))
            ($0.deadlines.idle, $0.deadlines.write) = (.seconds(2), .seconds(2))
        }
        try withServer(handler, configure: configure) { port, _ in
            let client = try Client(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receive()?.status == 200)
        }
    }
}
