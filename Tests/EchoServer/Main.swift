import Glibc
import HTTP

/// A server for tests and load figures that must run in a process of their own: `EchoServer [threads]`.
/// Prints its port, echoes bodies, and stops on SIGTERM. `/slow` answers after 300 ms.
@main
struct EchoServer: Handler {
    static func main() throws {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let threads = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2
        var configuration = ServerConfiguration(lanes: [.init(name: "echo", threads: threads, queueLimit: 4_096)])
        configuration.port = 0
        // A busy machine must not turn a slow test into a timed-out request.
        configuration.deadlines.head = .seconds(120)
        let server = try Server(configuration: configuration, handler: EchoServer())
        print(try server.start())
        fflush(nil)
        var signal: Int32 = 0
        sigwait(&signals, &signal)
        exit(server.stop(within: .seconds(5)) ? 0 : 1)
    }

    func admit(_ head: RequestHead) -> Admission {
        head.path == ["early"] ? .refuse(.text("early\n")) : .accept(lane: 0, bodyLimit: 8 << 20)
    }

    func respond(to request: Request, reply: Reply) {
        if request.head.path == ["slow"] { usleep(300_000) }
        reply(Response(status: 200, body: .bytes(request.body.isEmpty ? Array("hello\n".utf8) : request.body)))
    }
}
