import Testing

@testable import HTTP

/// Answers sent before the body was read: the rest is skipped or the connection closed, never taken for a request.
@Suite struct EarlyAnswerTests {
    static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

    static func refusing() -> TestHandler {
        TestHandler(admit: { head in
            head.path == ["no"] ? .refuse(.text("no", status: 401)) : .accept(lane: 0, bodyLimit: 1_000)
        })
    }

    @Test func shortBodyIsSkipped() throws {
        let handler = Self.refusing()
        try withServer(handler) { port, _ in
            let client = try Client(port: port)
            for size in [0, 1, Self.smuggled.utf8.count, 65_536] {
                let body = String(repeating: Self.smuggled, count: 2_000).utf8.prefix(size)
                try client.send("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
                try client.send(Array(body))
                try client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.receive()?.status == 401, "\(size)")
                #expect(try client.receive()?.text == "GET /next\n", "\(size)")
            }
            #expect(handler.handled == Array(repeating: "GET /next", count: 4))
        }
    }

    @Test(arguments: [
        "Content-Length: 65537", "Transfer-Encoding: chunked", "Content-Length: 36\r\nExpect: 100-continue",
    ])
    func otherBodiesCloseTheConnection(framing: String) throws {
        let handler = Self.refusing()
        try withServer(handler) { port, _ in
            let client = try Client(port: port)
            try client.send("POST /no HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n\(Self.smuggled)")
            let response = try #require(try client.receive())
            #expect(response.status == 401 && response.headers["connection"] == "close")
            #expect(try client.isClosedByServer())
            #expect(handler.handled.isEmpty)
        }
    }

    /// The client sends everything before it looks at the answer; no reset may destroy it.
    @Test(arguments: [false, true])
    func tooLargeWhileStillUploading(isChunked: Bool) throws {
        let handler = Self.refusing()
        try withServer(handler) { port, _ in
            let client = try Client(port: port)
            let size = 6 << 20
            let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(size)"
            try client.send("POST / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n\(isChunked ? "600000\r\n" : "")")
            let piece = [UInt8](repeating: 65, count: 65_536)
            for _ in 0..<(size / piece.count) { try client.send(piece) }
            try client.send(isChunked ? "\r\n0\r\n\r\n\(Self.smuggled)" : Self.smuggled)
            let response = try #require(try client.receive())
            #expect(response.status == 413 && response.headers["connection"] == "close")
            #expect(try client.isClosedByServer())
            #expect(handler.handled.isEmpty)
        }
    }

    @Test func uploadsTogetherAreBounded() throws {
        let handler = TestHandler()
        try withServer(handler, configure: { $0.bodyBytesLimit = 150_000 }) { port, server in
            let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
            let clients = [try Client(port: port), try Client(port: port)]
            try clients[0].send(head)
            try clients[0].send([UInt8](repeating: 65, count: 99_999))
            #expect(eventually { server.statistics.bodyBytes == 99_999 })
            try clients[1].send(head)
            try clients[1].send([UInt8](repeating: 65, count: 100_000))
            #expect(try clients[1].receive()?.status == 503)
            #expect(try clients[1].isClosedByServer())
            #expect(eventually { server.statistics.bodyBytes == 99_999 })
            try clients[0].send([65])
            #expect(try clients[0].receive()?.status == 200)
            #expect(eventually { server.statistics.bodyBytes == 0 } && handler.handled.count == 1)
            // One that goes half way gives its share back.
            var gone: Client? = try Client(port: port)
            try gone?.send(head + "half")
            #expect(eventually { server.statistics.bodyBytes == 4 })
            gone = nil
            #expect(eventually { server.statistics.bodyBytes == 0 })
        }
    }

    @Test func tooLargeInsteadOfContinue() throws {
        try withServer(Self.refusing()) { port, _ in
            let client = try Client(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.receive()?.status == 413)
            #expect(try client.isClosedByServer())
        }
    }

    @Test func lingeringHasALimit() throws {
        let configure: (inout ServerConfiguration) -> Void = { $0.lingerLimit = 1_000_000 }
        try withServer(Self.refusing(), configure: configure) { port, server in
            let client = try Client(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n")
            let piece = [UInt8](repeating: 65, count: 65_536)
            #expect(throws: Client.Failure.self) { for _ in 0..<1_000 { try client.send(piece) } }
            #expect(eventually { server.statistics.openConnections == 0 })
        }
    }

    /// The last bytes and the end in one segment are read before the connection is closed, else it would be reset.
    @Test func lastBytesWithTheEndAreRead() throws {
        try withServer(Self.refusing()) { port, server in
            let client = try Client(port: port)
            let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n"
            try client.send(head)
            #expect(try client.receive()?.status == 413)
            #expect(try client.isClosedByServer())
            try client.sendLast([UInt8](repeating: 65, count: 1_000))
            #expect(eventually { server.statistics.openConnections == 0 })
            #expect(server.statistics.bytesReceived == head.utf8.count + 1_000)
        }
    }

    @Test func unknownLaneIsAnInternalError() throws {
        try withServer(TestHandler(admit: { _ in .accept(lane: 9, bodyLimit: 1) })) { port, _ in
            let client = try Client(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receive()?.status == 500)
        }
    }
}
