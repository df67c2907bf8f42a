import Testing

@testable import HTTP

/// Persistence, pipelining and message bodies over a live socket.
@Suite struct KeepAliveTests {
    static func get(_ path: String, _ more: String = "") -> String { "GET \(path) HTTP/1.1\r\nHost: a\r\n\(more)\r\n" }

    @Test func pipelinedResponsesAreInOrder() throws {
        // Early answers from the reactor must not overtake those of the workers.
        let handler = TestHandler(admit: { head in
            head.target.hasSuffix("3") ? .refuse(.text("early \(head.target)")) : .accept(lane: 0, bodyLimit: 100)
        })
        try withServer(handler, threads: 4) { port, _ in
            let client = try Client(port: port)
            try client.send((0..<50).map { Self.get("/\($0)") }.joined())
            for index in 0..<50 {
                let text = try #require(try client.receive()).text
                #expect(text == (index % 10 == 3 ? "early /\(index)" : "GET /\(index)\n"))
            }
            client.finishSending()
            #expect(try client.isClosedByServer())
        }
    }

    /// More than the reactor does for one connection in one turn.
    @Test func longPipeline() throws {
        try withServer(TestHandler(admit: { .refuse(.text($0.target)) })) { port, _ in
            let client = try Client(port: port)
            try client.send((0..<2_000).map { Self.get("/\($0)") }.joined())
            client.finishSending()
            for index in 0..<2_000 { #expect(try client.receive()?.text == "/\(index)") }
            #expect(try client.isClosedByServer())
        }
    }

    @Test func halfClosedClientGetsItsAnswers() throws {
        try withServer { port, _ in
            let client = try Client(port: port)
            try client.send(Self.get("/1") + Self.get("/2"))
            client.finishSending()
            #expect(try client.receive()?.text == "GET /1\n")
            #expect(try client.receive()?.text == "GET /2\n")
            #expect(try client.isClosedByServer())
        }
    }

    @Test func bodiesOfBothFramings() throws {
        try withServer { port, _ in
            let client = try Client(port: port)
            for size in [0, 1, 100, 65_535, 65_536, 500_000] {
                let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try client.send("POST /sized HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
                try client.send(body)
                #expect(try client.receive()?.body == Array("POST /sized\n".utf8) + body, "\(size)")
                try client.send("POST /chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                for start in stride(from: 0, to: size, by: 7_001) {
                    let chunk = body[start..<min(start + 7_001, size)]
                    try client.send("\(String(chunk.count, radix: 16));ext=\"1\"\r\n")
                    try client.send(Array(chunk) + [13, 10])
                }
                try client.send("0\r\nChecksum: x\r\n\r\n")
                #expect(try client.receive()?.body == Array("POST /chunked\n".utf8) + body, "\(size)")
            }
        }
    }

    @Test func headIsGetWithoutABody() throws {
        try withServer { port, _ in
            let client = try Client(port: port)
            try client.send(Self.get("/x").replacing("GET", with: "HEAD") + Self.get("/x"))
            let head = try #require(try client.receive(isHead: true))
            let get = try #require(try client.receive())
            #expect(head.status == 200 && head.headers["content-length"] == "8" && get.text == "GET /x\n")
            #expect(head.headers["date"]?.hasSuffix("GMT") == true)
        }
    }

    @Test(arguments: [204, 304])
    func statusesWithoutContent(status: Int) throws {
        let handler = TestHandler(respond: { $1(Response(status: status, body: .bytes([1, 2, 3]))) })
        try withServer(handler) { port, _ in
            let client = try Client(port: port)
            try client.send(Self.get("/") + Self.get("/", "Connection: close\r\n"))
            for _ in 0..<2 {
                let response = try #require(try client.receive())
                #expect(response.status == status && response.headers["content-length"] == nil)
            }
            #expect(try client.isClosedByServer())
        }
    }

    @Test(arguments: [
        ("HTTP/1.1", "Connection: close\r\n", false), ("HTTP/1.0", "", false),
        ("HTTP/1.0", "Connection: keep-alive\r\n", true), ("HTTP/1.1", "", true),
    ])
    func persistence(version: String, line: String, persists: Bool) throws {
        try withServer { port, _ in
            let client = try Client(port: port)
            try client.send("GET /1 \(version)\r\nHost: a\r\n\(line)\r\n" + Self.get("/2"))
            #expect(
                try client.receive()?.headers["connection"]
                    == (persists ? (version == "HTTP/1.0" ? "keep-alive" : nil) : "close"))
            if persists {
                #expect(try client.receive()?.text == "GET /2\n")
            } else {
                #expect(try client.isClosedByServer())
            }
        }
    }

    @Test func applicationMayCloseTheConnection() throws {
        let handler = TestHandler(respond: { $1(Response(status: 200, headers: ["connection": "close"])) })
        try withServer(handler) { port, _ in
            let client = try Client(port: port)
            try client.send(Self.get("/1") + Self.get("/2"))
            #expect(try client.receive()?.headers["connection"] == "close")
            #expect(try client.isClosedByServer())
            #expect(handler.handled == ["GET /1"])
        }
    }

    @Test func expectationIsMetBeforeTheBody() throws {
        try withServer { port, _ in
            let client = try Client(port: port)
            let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n"
            try client.send(head)
            #expect(try client.receive()?.status == 100)
            try client.send("hello")
            #expect(try client.receive()?.text == "POST /\nhello")
            // Nobody waits for it once the body is there, nor without a body.
            try client.send(head + "hello" + Self.get("/", "Expect: 100-continue\r\n"))
            #expect(try client.receive()?.text == "POST /\nhello")
            #expect(try client.receive()?.text == "GET /\n")
        }
    }

    @Test func largeResponseToASlowReader() throws {
        let body = [UInt8](repeating: 7, count: 8 << 20)
        let handler = TestHandler(respond: { $1(Response(status: 200, body: .bytes(body))) })
        try withServer(handler) { port, server in
            let client = try Client(port: port, receiveBuffer: 4_096)
            try client.send(Self.get("/1") + Self.get("/2"))
            #expect(try client.receive()?.body == body)
            #expect(try client.receive()?.body == body)
            #expect(server.statistics.bytesSent > 16 << 20)
        }
    }
}
