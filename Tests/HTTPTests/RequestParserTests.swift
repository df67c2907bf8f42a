import Testing

@testable import HTTP

@Suite struct RequestParserTests {
    /// All events of the bytes, fed in pieces of a size; bodies joined.
    static func requests(_ bytes: [UInt8], piece: Int) throws -> [(head: RequestHead, body: [UInt8])] {
        var parser = RequestParser()
        var requests: [(head: RequestHead, body: [UInt8])] = []
        var isComplete = true
        for start in stride(from: 0, to: bytes.count, by: piece) {
            parser.append(bytes[start..<min(start + piece, bytes.count)])
            while let event = try parser.next() {
                switch event {
                case .head(let head):
                    #expect(isComplete)
                    requests.append((head, []))
                    isComplete = false
                case .body(let piece):
                    #expect(!piece.isEmpty && !isComplete)
                    requests[requests.count - 1].body += piece
                case .end: isComplete = true
                }
            }
        }
        #expect(isComplete && !parser.isMidRequest, "piece \(piece)")
        return requests
    }

    @Test func pipelinedRequestsInAnyPieces() throws {
        let stream = Array(
            """
            GET /a/b%20c?x=1&y=%C3%A9&z HTTP/1.1\r
            Host: example.org:8080\r
            X-Two: 1\r
            x-two:  2 \t\r
            Empty:\r
            \r
            POST /sized HTTP/1.1\r
            host: [::1]:80\r
            Content-Length: 0012\r
            \r
            hello\r\n\r\nyou\
            PUT http://other.example/chunked?q HTTP/1.1\r
            Host: a\r
            Transfer-Encoding: Chunked\r
            \r
            5;name="va;lue"; x\r
            hello\r
            00A\r
            0123456789\r
            0\r
            Trailer: is checked and dropped\r
            \r
            OPTIONS * HTTP/1.0\r
            Connection: Keep-Alive, x\r
            \r

            """.utf8)
        for piece in [1, 2, 3, 7, 64, stream.count] {
            let requests = try Self.requests(stream, piece: piece)
            try #require(requests.count == 4, "piece \(piece)")
            let (first, sized, chunked, last) = (requests[0], requests[1], requests[2], requests[3])
            #expect(first.head.path == ["a", "b c"] && first.head.method == "GET")
            #expect(first.head.query.map(\.name) == ["x", "y", "z"])
            #expect(first.head.query.map(\.value) == ["1", "é", ""])
            #expect(first.head.headers.values("X-TWO") == ["1", "2"] && first.head.headers["empty"] == "")
            #expect(first.head.contentLength == nil && !first.head.isChunked && first.head.keepsAlive)
            #expect(sized.head.contentLength == 12 && sized.body == Array("hello\r\n\r\nyou".utf8))
            #expect(chunked.head.isChunked && chunked.body == Array("hello0123456789".utf8))
            #expect(chunked.head.path == ["chunked"] && chunked.head.target == "http://other.example/chunked?q")
            #expect(chunked.head.headers["Trailer"] == nil)
            #expect(last.head.minorVersion == 0 && last.head.path.isEmpty && last.head.keepsAlive)
        }
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "close", false), ("HTTP/1.1", "x, CLOSE", false),
        ("HTTP/1.1", "closed", true), ("HTTP/1.0", "", false), ("HTTP/1.0", "keep-alive", true),
        ("HTTP/1.0", "keep-alive, close", false),
    ])
    func keepsAlive(version: String, connection: String, expected: Bool) throws {
        let text = "GET / \(version)\r\nHost: a\r\nConnection: \(connection)\r\n\r\n"
        #expect(try Self.requests(Array(text.utf8), piece: 9)[0].head.keepsAlive == expected)
    }

    /// Exactly at each limit a request passes; MalformedRequestTests has those beyond.
    @Test func limitsAreInclusive() throws {
        var limits = RequestParser.Limits()
        (limits.requestLine, limits.fieldCount, limits.fieldBytes) = (16, 2, 16)
        let exact = "GET /ab HTTP/1.1\r\nHost: a\r\nX: 12\r\n\r\n"
        for (text, status) in [
            (exact, nil), (exact.replacing("/ab", with: "/abc"), 414), (exact.replacing("12", with: "123"), 431),
            (exact.replacing("X: 12", with: "X:\r\nY:"), 431),
        ] {
            var parser = RequestParser(limits: limits)
            parser.append(Array(text.utf8))
            do {
                let event = try parser.next()
                #expect(event != nil && status == nil, "\(text)")
            } catch { #expect(error.status == status, "\(text)") }
        }
    }

    @Test func failureIsFinal() throws {
        var parser = RequestParser()
        parser.append(Array("GET / HTTP/3.0\r\n\r\n".utf8))
        let first = #expect(throws: RequestError.self) { try parser.next() }
        parser.append(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        let second = #expect(throws: RequestError.self) { try parser.next() }
        #expect(first == second && !parser.hasBufferedBytes)
    }
}
