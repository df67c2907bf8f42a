extension RequestHead {
    /// A head as received, with the checks that hold for it as a whole.
    init(_ line: RequestLine, _ headers: Headers) throws(RequestError) {
        try self.init(method: line.method, target: line.target[...], headers: headers)
        minorVersion = line.minorVersion
        try checkHost()
        try frame()
        if let expectation = headers["Expect"], minorVersion == 1, !Grammar.equal(expectation, "100-continue") {
            throw .expectationFailed(expectation)
        }
    }

    /// RFC 9112 §3.2: exactly one valid Host with HTTP/1.1, at most one before.
    private func checkHost() throws(RequestError) {
        let hosts = headers.values("Host")
        guard hosts.count <= 1 else { throw .badRequest("more than one Host") }
        guard let host = hosts.first else {
            if minorVersion == 1 { throw .badRequest("the Host header is missing") }
            return
        }
        guard Authority.isValid(Array(host.utf8)[...]) else { throw .badRequest("the Host header is invalid") }
    }

    /// RFC 9112 §6: anything two parties could read differently is refused.
    private mutating func frame() throws(RequestError) {
        let lengths = headers.values("Content-Length")
        let codings = headers.values("Transfer-Encoding")
        guard codings.isEmpty else {
            guard lengths.isEmpty else { throw .badRequest("both Content-Length and Transfer-Encoding") }
            guard minorVersion == 1 else { throw .badRequest("Transfer-Encoding with HTTP/1.0") }
            guard codings.count == 1 else { throw .badRequest("more than one Transfer-Encoding") }
            guard Grammar.equal(codings[0], "chunked") else { throw .unsupportedTransferCoding(codings[0]) }
            isChunked = true
            return
        }
        guard lengths.count <= 1 else { throw .badRequest("more than one Content-Length") }
        guard let length = lengths.first else { return }
        guard !length.isEmpty, length.utf8.allSatisfy(Grammar.isDigit) else {
            throw .badRequest("Content-Length is not a decimal number")
        }
        guard let value = Int(length) else { throw .bodyTooLarge(limit: Int.max) }
        contentLength = value
    }
}
