import Testing

@testable import HTTP

@Suite struct ResponseEncoderTests {
    static func context(_ method: String = "GET") throws -> ResponseContext {
        ResponseContext(try RequestHead(method: method, target: "/"))
    }

    static func text(_ response: Response, _ context: ResponseContext) throws -> String {
        let encoded = try ResponseEncoder.encode(response, for: context)
        let text = String(decoding: encoded.segments.joined(), as: UTF8.self)
        return text.replacing(/Date: [^\r]*\r\n/, with: "")
    }

    @Test func headerOrderAndFraming() throws {
        let response = Response(
            status: 201,
            headers: ["X": "1", "Content-Length": "99", "y": "é\t2", "Transfer-Encoding": "gzip", "Date": "now"],
            body: .bytes([65]))
        #expect(
            try Self.text(response, Self.context())
                == "HTTP/1.1 201 Created\r\nX: 1\r\ny: é\t2\r\nContent-Length: 1\r\n\r\nA")
        #expect(
            try Self.text(response, Self.context("HEAD"))
                == "HTTP/1.1 201 Created\r\nX: 1\r\ny: é\t2\r\nContent-Length: 1\r\n\r\n")
        #expect(try Self.text(Response(status: 599), Self.context()) == "HTTP/1.1 599 \r\nContent-Length: 0\r\n\r\n")
    }

    /// CR, LF, NUL and the like never reach a header.
    @Test(arguments: [
        ("X", "a\r\nSet-Cookie: b"), ("X", "a\nb"), ("X", "a\rb"), ("X", "a\0"), ("X", "\u{1}"), ("X", "\u{7f}"),
        ("X\r\nY", "a"), ("X:", "a"), ("X Y", "a"), ("", "a"), ("é", "a"), ("Location", "/a\r\n\r\n<script>"),
        ("Connection", "close\r\nX: 1"), ("X", "a\u{2028}\r\nb"),
    ])
    func injectionIsRefused(name: String, value: String) throws {
        let response = Response(status: 200, headers: [name: value])
        #expect(throws: ResponseEncoder.InvalidResponse.self) {
            try ResponseEncoder.encode(response, for: Self.context())
        }
        let handler = TestHandler(respond: { $1(response) })
        try withServer(handler) { port, _ in
            let client = try Client(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finishSending()
            let bytes = String(decoding: try client.receiveToEnd(), as: UTF8.self)
            #expect(bytes.hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
            #expect(!bytes.contains("Set-Cookie") && !bytes.contains("script") && !bytes.contains("X: 1"))
        }
    }

    @Test(arguments: [0, 99, 100, 101, 199, 600, -1, 1_000])
    func statusesThatAreNoFinalResponse(status: Int) {
        #expect(throws: ResponseEncoder.InvalidResponse.self) {
            try ResponseEncoder.encode(Response(status: status), for: Self.context())
        }
    }

    @Test func smallResponseIsOneSegment() throws {
        for (count, segments) in [(0, 1), (1, 1), (16_384, 1), (16_385, 2)] {
            let response = Response(status: 200, body: .bytes([UInt8](repeating: 0, count: count)))
            #expect(try ResponseEncoder.encode(response, for: Self.context()).segments.count == segments, "\(count)")
        }
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ])
    func date(second: Int, expected: String) { #expect(HTTPDate.text(of: second) == expected) }
}
