import Testing

@testable import HTTP

/// A request that must be refused: the status that answers it, the connection's close, and no second request.
struct Malformed: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    let status: Int
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ status: Int = 400) {
        (self.name, self.bytes, self.status) = (name, Array(text.utf8), status)
    }

    /// A GET of `/` with these lines after a valid Host.
    static func fields(_ name: String, _ lines: String, _ status: Int = 400) -> Malformed {
        Malformed(name, "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n", status)
    }

    /// A POST with these lines and this body.
    static func post(_ name: String, _ lines: String, _ body: String, _ status: Int = 400) -> Malformed {
        Malformed(name, "POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n\(body)", status)
    }

    static func line(_ name: String, _ line: String, _ status: Int = 400) -> Malformed {
        Malformed(name, "\(line)\r\nHost: a\r\n\r\n", status)
    }

    static func chunked(_ name: String, _ body: String, _ status: Int = 400) -> Malformed {
        post(name, "Transfer-Encoding: chunked", body, status)
    }

    static let requestLines: [Malformed] = [
        line("empty line before the request line", "\r\nGET / HTTP/1.1"),
        line("space before the method", " GET / HTTP/1.1"),
        line("two spaces after the method", "GET  / HTTP/1.1"),
        line("two spaces before the version", "GET /  HTTP/1.1"),
        line("tab instead of a space", "GET\t/ HTTP/1.1"),
        line("space at the end", "GET / HTTP/1.1 "),
        line("space within the target", "GET /a b HTTP/1.1"),
        line("method that is no token", "G(T / HTTP/1.1"),
        line("method with a control byte", "G\u{1}T / HTTP/1.1"),
        line("no version (HTTP/0.9)", "GET /"),
        line("method alone", "GET"),
        line("HTTP/2.0", "GET / HTTP/2.0", 505),
        line("HTTP/1.2", "GET / HTTP/1.2", 505),
        line("HTTP/0.9 by name", "GET / HTTP/0.9", 505),
        line("HTTP/1.10", "GET / HTTP/1.10", 505),
        line("HTTP/1", "GET / HTTP/1", 505),
        line("HTTP/01.1", "GET / HTTP/01.1", 505),
        line("HTTP/1.one", "GET / HTTP/1.one", 505),
        line("http/1.1 in lower case", "GET / http/1.1"),
        line("HTP/1.1", "GET / HTP/1.1"),
        line("NUL in the version", "GET / HTTP/1.1\0"),
        Malformed("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        Malformed("TLS hello", "\u{16}\u{3}\u{1}\u{0}\u{5}\u{1}\u{0}"),
        line("CONNECT", "CONNECT a:443 HTTP/1.1"),
        line("asterisk with GET", "GET * HTTP/1.1"),
        line("authority form with GET", "GET a:80 HTTP/1.1"),
        line("relative target", "GET index.html HTTP/1.1"),
        line("foreign scheme", "GET ftp://a/ HTTP/1.1"),
        line("absolute form without a host", "GET http:///x HTTP/1.1"),
        line("absolute form with user info", "GET http://u@a/ HTTP/1.1"),
        line("fragment", "GET /#x HTTP/1.1"),
        line("NUL in the target", "GET /\0 HTTP/1.1"),
        line("non-ASCII target", "GET /\u{e9} HTTP/1.1"),
        line("carriage return in the target", "GET /a\rb HTTP/1.1"),
        line("target of 9,000 bytes", "GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1", 414),
        Malformed("request line without an end", String(repeating: "A", count: 9_000), 414),
        Malformed("bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
    ]

    static let headerFields: [Malformed] = [
        fields("space before the colon", "X : 1"),
        fields("tab before the colon", "X\t: 1"),
        fields("empty name", ": 1"),
        fields("no colon", "X"),
        fields("name with a space", "X Y: 1"),
        fields("name with a parenthesis", "X(: 1"),
        fields("non-ASCII name", "\u{e9}: 1"),
        fields("NUL in a value", "X: a\0b"),
        fields("control byte in a value", "X: a\u{1}b"),
        fields("DEL in a value", "X: a\u{7f}b"),
        fields("bare CR in a value", "X: a\rb"),
        fields("bare LF in a value", "X: a\nY: b"),
        fields("bare LF before the empty line", "X: a\n"),
        fields("obsolete line folding", "X: a\r\n b"),
        fields("obsolete line folding by tab", "X: a\r\n\tb"),
        Malformed("folded first header line", "GET / HTTP/1.1\r\n X: 1\r\nHost: a\r\n\r\n"),
        Malformed("bare LF as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\nX: 1\r\n\r\n"),
        Malformed(
            "value that is not UTF-8", bytes: Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xff, 13, 10, 13, 10]),
        Malformed("no Host", "GET / HTTP/1.1\r\n\r\n"),
        fields("two Hosts", "Host: b"),
        fields("the same Host twice", "Host: a"),
        Malformed("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        Malformed("Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        Malformed("Host with user info", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        Malformed("Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        Malformed("two hosts in one Host", "GET / HTTP/1.1\r\nHost: a, b/\r\n\r\n"),
        Malformed("Host with a bad port", "GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n"),
        Malformed("Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        Malformed("Host with no IPv6 address", "GET / HTTP/1.1\r\nHost: [zz]\r\n\r\n"),
        fields("unknown expectation", "Expect: a-miracle", 417),
        fields("101 header lines", (0..<101).map { "X\($0): 1" }.joined(separator: "\r\n"), 431),
        fields("header of 20,000 bytes", "X: \(String(repeating: "a", count: 20_000))", 431),
        Malformed(
            "header line without an end", "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 20_000))",
            431),
    ]

    static let framing: [Malformed] = [
        post("two different Content-Lengths", "Content-Length: 5\r\nContent-Length: 6", "hello!"),
        post("the same Content-Length twice", "Content-Length: 5\r\nContent-Length: 5", "hello"),
        post("two Content-Lengths in one line", "Content-Length: 5, 6", "hello!"),
        post("the same Content-Length twice in one line", "Content-Length: 5, 5", "hello"),
        post("Content-Length with Transfer-Encoding", "Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        post("Transfer-Encoding with Content-Length", "Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"),
        post("Content-Length +5", "Content-Length: +5", "hello"),
        post("Content-Length -5", "Content-Length: -5", "hello"),
        post("Content-Length 0x5", "Content-Length: 0x5", "hello"),
        post("Content-Length 5.0", "Content-Length: 5.0", "hello"),
        post("Content-Length 5 5", "Content-Length: 5 5", "hello"),
        post("Content-Length in words", "Content-Length: five", "hello"),
        post("Content-Length in Arabic digits", "Content-Length: \u{665}", "hello"),
        post("empty Content-Length", "Content-Length:", "hello"),
        post("Content-Length beyond 64 bits", "Content-Length: 99999999999999999999999", "hello", 413),
        post("Content-Length beyond the limit", "Content-Length: 1048577", "hello", 413),
        post("unknown transfer coding", "Transfer-Encoding: gzip", "hello", 501),
        post("two transfer codings", "Transfer-Encoding: gzip, chunked", "0\r\n\r\n", 501),
        post("chunked not last", "Transfer-Encoding: chunked, identity", "0\r\n\r\n", 501),
        post("chunked twice", "Transfer-Encoding: chunked, chunked", "0\r\n\r\n", 501),
        post("chunked in quotes", "Transfer-Encoding: \"chunked\"", "0\r\n\r\n", 501),
        post("xchunked", "Transfer-Encoding: xchunked", "0\r\n\r\n", 501),
        post("empty Transfer-Encoding", "Transfer-Encoding:", "0\r\n\r\n", 501),
        post("two Transfer-Encodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        Malformed("Transfer-Encoding with HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ]

    static let chunks: [Malformed] = [
        chunked("chunk size in words", "five\r\nhello\r\n0\r\n\r\n"),
        chunked("empty chunk size", "\r\nhello\r\n0\r\n\r\n"),
        chunked("chunk size +5", "+5\r\nhello\r\n0\r\n\r\n"),
        chunked("chunk size -5", "-5\r\nhello\r\n0\r\n\r\n"),
        chunked("chunk size 0x5", "0x5\r\nhello\r\n0\r\n\r\n"),
        chunked("space before the chunk size", " 5\r\nhello\r\n0\r\n\r\n"),
        chunked("space after the chunk size", "5 \r\nhello\r\n0\r\n\r\n"),
        chunked("chunk size beyond 64 bits", "ffffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
        chunked("chunk size of 16 digits", "8000000000000000\r\nhello\r\n0\r\n\r\n"),
        chunked("chunk size with a bare LF", "5\nhello\r\n0\r\n\r\n"),
        chunked("chunk longer than its size", "4\r\nhello\r\n0\r\n\r\n"),
        chunked("chunk shorter than its size", "6\r\nhello\r\n0\r\n\r\n"),
        chunked("chunk that ends with a bare LF", "5\r\nhello\n0\r\n\r\n"),
        chunked("control byte in a chunk extension", "5;a=\u{1}\r\nhello\r\n0\r\n\r\n"),
        chunked("chunk extension of 5,000 bytes", "5;\(String(repeating: "a", count: 5_000))\r\nhello\r\n0\r\n\r\n"),
        chunked(
            "many chunk extensions", String(repeating: "1;\(String(repeating: "a", count: 99))\r\nx\r\n", count: 50)),
        chunked("trailer with a space before the colon", "0\r\nX : 1\r\n\r\n"),
        chunked("trailer with a bare LF", "0\r\nX: 1\n\r\n"),
        chunked("folded trailer", "0\r\nX: 1\r\n y\r\n\r\n"),
        chunked("101 trailers", "0\r\n\((0..<101).map { "X\($0): 1\r\n" }.joined())\r\n", 431),
        chunked("trailers of 20,000 bytes", "0\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431),
        chunked(
            "chunks beyond the body limit", "fffff\r\n\(String(repeating: "a", count: 0xfffff))\r\n2\r\nxx\r\n", 413),
    ]

    private init(_ name: String, bytes: [UInt8], _ status: Int = 400) {
        (self.name, self.bytes, self.status) = (name, bytes, status)
    }
}

@Suite struct MalformedRequestTests {
    static let second = "GET /second HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test(arguments: Malformed.requestLines + Malformed.headerFields + Malformed.framing + Malformed.chunks)
    func refused(_ request: Malformed) throws {
        let handler = TestHandler()
        try withServer(handler) { port, server in
            let client = try Client(port: port)
            try client.send(request.bytes + Array(Self.second.utf8))
            let response = try #require(try client.receive())
            #expect(response.status == request.status, "\(response.text)")
            #expect(response.headers["connection"] == "close")
            #expect(try client.isClosedByServer())
            #expect(handler.handled.isEmpty)
            #expect(server.statistics.refusals == [request.status: 1])
            // The next client is served.
            let next = try Client(port: port)
            try next.send(Self.second)
            #expect(try next.receive()?.status == 200)
        }
    }

    /// The same verdict from the parser alone, however the bytes come in.
    @Test(arguments: Malformed.requestLines + Malformed.headerFields + Malformed.framing + Malformed.chunks)
    func refusedByteByByte(_ request: Malformed) throws {
        if request.status == 413 { return }  // The body limit is the server's.
        var parser = RequestParser()
        var ends = 0
        let error = #expect(throws: RequestError.self) {
            for byte in request.bytes + Array(Self.second.utf8) {
                parser.append([byte])
                while let event = try parser.next() { if case .end = event { ends += 1 } }
            }
        }
        #expect(error?.status == request.status)
        #expect(ends == 0)
    }
}
