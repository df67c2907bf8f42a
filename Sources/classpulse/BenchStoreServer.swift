import Concentration
import Glibc
import HTTP
import Logging
import Service
import Settings
import Synchronization
import Timelines

/// The real server on a loopback port over a store, with a clock that is set, and one connection to it that stays open.
struct BenchServer {
    final class Clock: Sendable {
        private let milliseconds = Atomic<Int64>(0)
        var time: Timestamp {
            get { Timestamp(milliseconds: milliseconds.load(ordering: .acquiring)) }
            set { milliseconds.store(newValue.milliseconds, ordering: .releasing) }
        }
    }

    private static let token = "the token of the benchmark"
    let clock: Clock
    private let service: Service
    private let server: Server
    private let connection: Int32

    init(store: TimelineStore) throws {
        let clock = Clock()
        clock.time = BenchLesson.start
        var options = ServiceOptions()
        options.adminToken = TokenSecret(Self.token)
        options.now = { clock.time }
        var configuration = Settings().serverConfiguration
        configuration.port = 0
        service = try Service(
            options: options, store: store, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        server = try Server(configuration: configuration, handler: service)
        connection = try Endpoint("http://127.0.0.1:\(try server.start())/").connect(timeout: 30)
        self.clock = clock
    }

    func stop() {
        close(connection)
        service.stop()
        _ = server.stop()
    }

    /// Sends one GET and reads the answer to its end; gives the bytes of its body.
    func poll(_ target: String) throws -> Int {
        let request = Array(
            "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(Self.token)\r\n\r\n".utf8)
        guard send(connection, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw HealthCheckCommand.Failure("sending: \(String(cString: strerror(errno)))")
        }
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var whole: (head: Int, body: Int)?
        while whole.map({ received.count < $0.head + $0.body }) ?? true {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { throw HealthCheckCommand.Failure("\(target): the answer broke off") }
            received += chunk[..<count]
            if whole == nil { whole = try Self.lengths(received) }
        }
        return whole?.body ?? 0
    }

    /// Of the header and the body, once the header is there (RFC 9112, section 6.2).
    private static func lengths(_ received: [UInt8]) throws -> (head: Int, body: Int)? {
        let end = Array("\r\n\r\n".utf8)
        guard received.count > 4,
            let at = received.indices.dropLast(3).first(where: { received[$0..<$0 + 4] == end[...] })
        else { return nil }
        let lines = String(decoding: received[..<at], as: UTF8.self).lowercased().split(separator: "\r\n")
        guard let length = lines.first(where: { $0.hasPrefix("content-length:") }),
            let body = Int(length.split(separator: ":")[1].drop { $0 == " " }), lines[0].contains(" 200 ")
        else { throw HealthCheckCommand.Failure(lines.first.map(String.init) ?? "no answer") }
        return (at + 4, body)
    }
}
