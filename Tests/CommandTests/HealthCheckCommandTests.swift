import ArgumentParser
import Foundation
import Testing

@testable import classpulse

struct HealthCheckCommandTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080/readyz", "127.0.0.1", 8080, "/readyz"),
        ("http://localhost", "localhost", 80, "/"),
        ("http://[::1]:9/a%20b?c=d", "::1", 9, "/a%20b?c=d"),
    ])
    func addressesAreTakenApart(text: String, host: String, port: Int, target: String) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
        #expect(endpoint.target == target)
    }

    @Test(arguments: [
        "", "localhost:8080", "https://localhost/", "http://", "http://h:0/", "http://h:65536/", "http://h:x/",
    ])
    func otherAddressesAreRefused(text: String) {
        #expect(throws: ValidationError.self) { try Endpoint(text) }
    }

    @Test(arguments: [200, 404, 503])
    func theStatusIsReadFromALiveSocket(status: Int) throws {
        let server = try OneAnswer("HTTP/1.1 \(status) Whatever\r\nContent-Length: 0\r\n\r\n")
        #expect(try Endpoint("http://127.0.0.1:\(server.port)/readyz").status(timeout: 5) == status)
        #expect(server.request.hasPrefix("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"))
        #expect(server.request.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [
        "", "SSH-2.0-x\r\n", "HTTP/1.1\r\n", "HTTP/1.1 twohundred OK\r\n", String(repeating: "x", count: 100),
    ])
    func whatIsNoHTTPAnswerFails(answer: String) throws {
        let server = try OneAnswer(answer)
        #expect(throws: HealthCheckCommand.Failure.self) {
            try Endpoint("http://127.0.0.1:\(server.port)/").status(timeout: 5)
        }
    }

    @Test(arguments: [("", "closed without an HTTP answer"), ("SSH-2.0-x\r\n", "no HTTP answer")])
    func aClosedConnectionIsNoTimeout(answer: String, problem: String) throws {
        let server = try OneAnswer(answer)
        #expect(try Self.failure(at: server.port, timeout: 5) == problem)
    }

    @Test func aClosedPortFails() throws {
        #expect(try Self.failure(at: OneAnswer.unusedPort(), timeout: 5) == "Connection refused")
    }

    @Test func whatTakesTooLongIsTold() throws {
        let (listener, port) = try OneAnswer.listen(backlog: 0)
        defer { close(listener) }
        #expect(try Self.failure(at: port, timeout: 1) == "no answer within 1 s")
        // Nobody accepts that one, which fills the queue: the system leaves the next one waiting.
        #expect(try Self.failure(at: port, timeout: 1) == "no connection within 1 s")
    }

    private static func failure(at port: Int, timeout: Int) throws -> String? {
        let error = #expect(throws: HealthCheckCommand.Failure.self) {
            try Endpoint("http://127.0.0.1:\(port)/").status(timeout: timeout)
        }
        return error?.description.replacingOccurrences(of: "127.0.0.1:\(port): ", with: "")
    }

    /// In the container that is the server's own.
    @Test func thePortIsTheEnvironments() throws {
        #expect(HealthCheckCommand.standardAddress([:]) == "http://127.0.0.1:8080/readyz")
        let server = try OneAnswer("HTTP/1.1 200 OK\r\n\r\n")
        let environment = ["CLASSPULSE_PORT": "\(server.port)"]
        #expect(try classpulse(["healthcheck"], environment: environment).status == 0)
        #expect(server.request.hasPrefix("GET /readyz "))
        let bad = HealthCheckCommand.standardAddress(["CLASSPULSE_PORT": "0"])
        #expect(throws: ValidationError.self) { try Endpoint(bad) }
    }

    @Test func anythingBut200IsAFailureOfTheCommand() throws {
        let server = try OneAnswer("HTTP/1.1 503 Service Unavailable\r\n\r\n")
        let command = try HealthCheckCommand.parse(["--url", "http://127.0.0.1:\(server.port)/readyz"])
        #expect(throws: HealthCheckCommand.Failure.self) { try command.run() }
        #expect(throws: (any Error).self) { try HealthCheckCommand.parse(["--timeout", "0"]) }
    }
}

/// A socket on loopback that takes one connection, reads one request head, gives one answer and closes.
private final class OneAnswer: @unchecked Sendable {
    let port: Int
    private let answered = DispatchSemaphore(value: 0)
    private var head: [UInt8] = []

    /// The head that was read; waits for it.
    var request: String {
        answered.wait()
        answered.signal()
        return String(decoding: head, as: UTF8.self)
    }

    init(_ answer: String) throws {
        let (listener, port) = try Self.listen()
        self.port = port
        Thread.detachNewThread { [self] in
            let connection = accept(listener, nil, nil)
            var byte: UInt8 = 0
            while !head.suffix(4).elementsEqual("\r\n\r\n".utf8), recv(connection, &byte, 1, 0) == 1 {
                head.append(byte)
            }
            let bytes = Array(answer.utf8)
            _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            close(connection)
            close(listener)
            answered.signal()
        }
    }

    static func unusedPort() throws -> Int {
        let (listener, port) = try listen()
        close(listener)
        return port
    }

    static func listen(backlog: Int32 = 1) throws -> (listener: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && Glibc.listen(listener, backlog) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        try #require(listening, "no port to listen on: \(String(cString: strerror(errno)))")
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }
}
