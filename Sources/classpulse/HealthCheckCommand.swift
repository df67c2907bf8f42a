import ArgumentParser
import FoundationEssentials
import Glibc

/// What a container's health check runs: no other program has to be in the image.
struct HealthCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck", abstract: "Ask a running server whether it is ready; exit status 0 if it is.")

    @Option(
        help: ArgumentHelp(
            "The address to ask: http only; without it /readyz of this machine, at the port CLASSPULSE_PORT, else 8080.",
            valueName: "address"))
    var url: String?

    @Option(help: "Seconds to wait for each of connecting, sending, and the answer.")
    var timeout = 3

    func validate() throws {
        guard (1...60).contains(timeout) else { throw ValidationError("--timeout is 1 to 60 seconds.") }
    }

    /// Where the server of the same environment listens.
    static func standardAddress(_ environment: [String: String]) -> String {
        "http://127.0.0.1:\(environment["CLASSPULSE_PORT"] ?? "8080")/readyz"
    }

    func run() throws {
        let url = url ?? Self.standardAddress(ProcessInfo.processInfo.environment)
        let endpoint = try Endpoint(url)
        let status = try endpoint.status(timeout: timeout)
        guard status == 200 else { throw Failure("\(url) answered \(status)") }
        print("\(url) answered 200")
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }
}

/// A host, a port and a path to ask for.
struct Endpoint {
    let host: String
    let port: Int
    let target: String

    /// - Throws: `ValidationError` for anything but `http://host[:port][/path][?query]`.
    init(_ text: String) throws {
        guard let parts = URLComponents(string: text), parts.scheme == "http", let host = parts.host, !host.isEmpty,
            (1...65_535).contains(parts.port ?? 80)
        else { throw ValidationError("'\(text)' is no http://host:port/path.") }
        self.host = host.first == "[" ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? 80
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        target = parts.percentEncodedQuery.map { "\(path)?\($0)" } ?? path
    }

    /// Sends one GET and reads the status of the answer (RFC 9112, section 4).
    func status(timeout: Int) throws -> Int {
        let connection = try connect(timeout: timeout)
        defer { close(connection) }
        let name = host.contains(":") ? "[\(host)]" : host
        let request = Array("GET \(target) HTTP/1.1\r\nHost: \(name):\(port)\r\nConnection: close\r\n\r\n".utf8)
        guard send(connection, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw HealthCheckCommand.Failure("\(host):\(port): sending: \(String(cString: strerror(errno)))")
        }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        var problem = "no HTTP answer"
        while line.count < 64, byte != UInt8(ascii: "\n") {
            let count = recv(connection, &byte, 1, 0)
            guard count == 1 else {
                problem = count == 0 ? "closed without an HTTP answer" : Self.problem(errno, "no answer", timeout)
                break
            }
            line.append(byte)
        }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw HealthCheckCommand.Failure("\(host):\(port): \(problem)")
        }
        return status
    }

    /// The first of the host's addresses that accepts a connection.
    func connect(timeout: Int) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &found)
        guard code == 0 else {
            throw HealthCheckCommand.Failure("\(host): \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(found) }
        var wait = timeval(tv_sec: timeout, tv_usec: 0)
        var failure = ECONNREFUSED
        var next = found
        while let address = next {
            next = address.pointee.ai_next
            let connection = socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
            guard connection >= 0 else { continue }
            for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
                setsockopt(connection, SOL_SOCKET, option, &wait, socklen_t(MemoryLayout<timeval>.size))
            }
            if Glibc.connect(connection, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return connection }
            failure = errno
            close(connection)
        }
        throw HealthCheckCommand.Failure("\(host):\(port): \(Self.problem(failure, "no connection", timeout))")
    }

    /// What an error number of a socket with a timeout means; `missing` is what did not come in time.
    private static func problem(_ code: Int32, _ missing: String, _ timeout: Int) -> String {
        code == EINPROGRESS || code == EAGAIN ? "\(missing) within \(timeout) s" : String(cString: strerror(code))
    }
}
