import Threads

@testable import HTTP

/// A handler made of closures that remembers which requests it was asked to answer.
final class TestHandler: Handler {
    private let admission: @Sendable (RequestHead) -> Admission
    private let answer: @Sendable (Request, Reply) -> Void
    private let seen = Monitor<[String]>([])

    init(
        admit: @escaping @Sendable (RequestHead) -> Admission = { _ in .accept(lane: 0, bodyLimit: 1 << 20) },
        respond: @escaping @Sendable (Request, Reply) -> Void = TestHandler.echo
    ) {
        (admission, answer) = (admit, respond)
    }

    /// `METHOD target` of each request that reached a worker.
    var handled: [String] { seen.withLock { $0 } }

    func admit(_ head: RequestHead) -> Admission { admission(head) }

    func respond(to request: Request, reply: Reply) {
        seen.withLock { $0.append("\(request.head.method) \(request.head.target)") }
        answer(request, reply)
    }

    /// Method, target and body, one a line.
    @Sendable static func echo(_ request: Request, _ reply: Reply) {
        let head = "\(request.head.method) \(request.head.target)\n"
        reply(Response(status: 200, body: .bytes(Array(head.utf8) + request.body)))
    }
}

/// A server on a free port for as long as the body runs.
func withServer<Result>(
    _ handler: TestHandler = TestHandler(), threads: Int = 2, queueLimit: Int = 64,
    configure: (inout ServerConfiguration) -> Void = { _ in }, _ body: (UInt16, Server) throws -> Result
) throws -> Result {
    var configuration = ServerConfiguration(lanes: [.init(name: "test", threads: threads, queueLimit: queueLimit)])
    configuration.port = 0
    // A busy machine must not turn a slow test into a timed-out request.
    configuration.deadlines.head = .seconds(120)
    configure(&configuration)
    let server = try Server(configuration: configuration, handler: handler)
    let port = try server.start()
    defer { server.stop(within: .seconds(2)) }
    return try body(port, server)
}

/// Lets the test decide when something may go on; waiting fails after two minutes.
final class Gate: Sendable {
    private let monitor = Monitor(false)
    func open() { monitor.update { $0 = true } }
    @discardableResult
    func wait() -> Bool { pause(.seconds(120)) }
    /// So long, or until opened.
    func pause(_ time: Duration = .milliseconds(10)) -> Bool { monitor.wait(atMost: time) { $0 } }
}

/// Whether the condition comes true within two minutes.
func eventually(_ holds: () -> Bool) -> Bool {
    let gate = Gate()
    for _ in 0..<12_000 {
        if holds() { return true }
        _ = gate.pause()
    }
    return holds()
}
