import Glibc

/// A blocking client that sends exactly the bytes it is told to.
final class Client {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Received: Equatable {
        var status: Int
        /// Names in lower case.
        var headers: [String: String]
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let socket: Int32
    private var buffer: [UInt8] = []

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw Failure(description: "socket: errno \(errno)") }
        if var size = receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // What throws here has all its properties, so `deinit` runs and closes the socket.
        guard status == 0 else { throw Failure(description: "connect: errno \(errno)") }
    }

    deinit { Glibc.close(socket) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(description: "send: errno \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    /// The last bytes and the end of sending in one segment.
    func sendLast(_ bytes: [UInt8]) throws {
        let count = bytes.withUnsafeBytes {
            Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_MORE))
        }
        guard count == bytes.count else { throw Failure(description: "send: errno \(errno)") }
        finishSending()
    }

    /// Sends no more; the server can still answer.
    func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// The next final response, nil if the server closed before its first byte. Interim responses are collected.
    func receive(isHead: Bool = false) throws -> Received? {
        guard let end = try fill(until: "\r\n\r\n") else {
            if buffer.isEmpty { return nil }
            throw Failure(description: "closed within a head: \(String(decoding: buffer, as: UTF8.self))")
        }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        buffer.removeFirst(end + 4)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let name = parts.first, let value = parts.last else {
                throw Failure(description: "no header line: \(line)")
            }
            headers[name.lowercased()] = value.drop { $0 == " " }.description
        }
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure(description: "no status line: \(lines)")
        }
        var received = Received(status: status, headers: headers, body: [])
        if isHead || status < 200 || status == 204 || status == 304 { return received }
        if let length = headers["content-length"].flatMap({ Int($0) }) {
            received.body = try take(length)
        } else if headers["transfer-encoding"] == "chunked" {
            while let chunk = try receiveChunk(), !chunk.isEmpty { received.body += chunk }
        } else {
            received.body = try receiveToEnd()
        }
        return received
    }

    /// The next chunk of a chunked body, empty at the end; nil if the server closed instead.
    func receiveChunk() throws -> [UInt8]? {
        guard let end = try fill(until: "\r\n") else { return nil }
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        guard let size = Int(line, radix: 16) else { throw Failure(description: "no chunk size: \(line)") }
        buffer.removeFirst(end + 2)
        let chunk = try take(size)
        guard try take(2) == [13, 10] else { throw Failure(description: "a chunk has no end") }
        return chunk
    }

    /// The head of a response whose body the caller reads.
    func receiveHead() throws -> Received? { try receive(isHead: true) }

    /// Everything until the server closes; a reset is a failure.
    func receiveToEnd() throws -> [UInt8] {
        while try fill() {}
        defer { buffer = [] }
        return buffer
    }

    /// Whether the server closes without another byte.
    func isClosedByServer() throws -> Bool { try receiveToEnd().isEmpty }

    private func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            guard try fill() else { throw Failure(description: "closed \(count - buffer.count) bytes too early") }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    private func fill(until mark: String) throws -> Int? {
        let mark = Array(mark.utf8)
        var from = 0
        while true {
            while from + mark.count <= buffer.count {
                if buffer[from...].starts(with: mark) { return from }
                from += 1
            }
            guard try fill() else { return nil }
        }
    }

    private func fill() throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &bytes, bytes.count, 0)
        guard count >= 0 else { throw Failure(description: "recv: errno \(errno)") }
        buffer += bytes[..<count]
        return count > 0
    }
}

extension String {
    fileprivate func components(separatedBy mark: String) -> [String] {
        split(separator: mark, omittingEmptySubsequences: false).map(String.init)
    }
}
