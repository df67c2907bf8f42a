import Foundation
import Testing
import Threads

@testable import HTTP

/// Full queues, too many connections, no descriptors left.
@Suite struct OverloadTests {
    static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func fullQueue() throws {
        let (started, release) = (Gate(), Gate())
        let handler = TestHandler(respond: { request, reply in
            started.open()
            release.wait()
            TestHandler.echo(request, reply)
        })
        try withServer(handler, threads: 1, queueLimit: 2) { port, server in
            defer { release.open() }
            // One runs, two wait.
            var admitted = [try Client(port: port)]
            try admitted[0].send(Self.get)
            #expect(started.wait())
            for _ in 0..<2 {
                admitted.append(try Client(port: port))
                try admitted.last?.send(Self.get)
            }
            #expect(eventually { server.statistics.lanes[0].waiting == 2 })
            let refused = try Client(port: port)
            for _ in 0..<3 {
                // The request was read, so the connection can stay.
                try refused.send(Self.get)
                let response = try #require(try refused.receive())
                #expect(response.status == 503 && response.headers["retry-after"] == "1")
                #expect(response.headers["connection"] == nil && response.text.hasPrefix("overloaded"))
            }
            #expect(server.statistics.lanes[0].refused == 3 && server.statistics.lanes[0].running == 1)
            release.open()
            for client in admitted { #expect(try client.receive()?.status == 200) }
            try refused.send(Self.get)
            #expect(try refused.receive()?.status == 200)
            #expect(server.statistics.responses == [200: 4, 503: 3] && server.statistics.refusals == [503: 3])
        }
    }

    /// Though others wait all the time.
    @Test func answeredBodiesAreLetGo() throws {
        let gates = (0..<3).map { _ in Gate() }
        let handler = TestHandler(respond: { request, reply in
            gates[request.body.count - 1_001].wait()
            TestHandler.echo(request, reply)
        })
        try withServer(handler, threads: 1, queueLimit: 2, configure: { $0.bodyBytesLimit = 4_000 }) { port, server in
            defer { for gate in gates { gate.open() } }
            var clients: [Client] = []
            for count in 1_001...1_003 {
                clients.append(try Client(port: port))
                try clients.last?.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n")
                try clients.last?.send([UInt8](repeating: 65, count: count))
                #expect(
                    eventually {
                        server.statistics.lanes[0].waiting + server.statistics.lanes[0].running == clients.count
                    })
            }
            #expect(server.statistics.bodyBytes == 3_006)
            // They count against the limit until they are answered.
            let refused = try Client(port: port)
            try refused.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
            try refused.send([UInt8](repeating: 65, count: 1_000))
            #expect(try refused.receive()?.status == 503)
            for (index, left) in [2_005, 1_003, 0].enumerated() {
                gates[index].open()
                #expect(try clients[index].receive()?.status == 200)
                #expect(eventually { server.statistics.bodyBytes == left })
            }
        }
    }

    /// What a handler wants kept lives until the answer, or the end of a connection that never gets one.
    @Test func whatIsHeldIsLetGo() throws {
        final class Held: Sendable {
            private let count: Monitor<Int>
            init(_ count: Monitor<Int>) {
                self.count = count
                count.update { $0 += 1 }
            }
            deinit { count.update { $0 -= 1 } }
        }
        let count = Monitor(0)
        let release = Gate()
        let handler = TestHandler(
            admit: { _ in .accept(lane: 0, bodyLimit: 10, held: Held(count)) },
            respond: { request, reply in
                release.wait()
                TestHandler.echo(request, reply)
            })
        try withServer(handler) { port, _ in
            let patient = try Client(port: port)
            var leaving: Client? = try Client(port: port)
            try patient.send(Self.get)
            try leaving?.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
            #expect(eventually { count.withLock { $0 } == 2 })
            leaving = nil
            #expect(eventually { count.withLock { $0 } == 1 })
            release.open()
            #expect(try patient.receive()?.status == 200)
            #expect(count.withLock { $0 } == 0, "let go before the client knows of the answer")
        }
    }

    @Test func lanesDoNotWaitForEachOther() throws {
        let release = Gate()
        let handler = TestHandler(
            admit: { .accept(lane: $0.path == ["slow"] ? 0 : 1, bodyLimit: 0) },
            respond: { request, reply in
                if request.head.path == ["slow"] { release.wait() }
                TestHandler.echo(request, reply)
            })
        let configure: (inout ServerConfiguration) -> Void = {
            $0.lanes = ["slow", "quick"].map { .init(name: $0, threads: 1, queueLimit: 9) }
        }
        try withServer(handler, configure: configure) { port, _ in
            let (slow, quick) = (try Client(port: port), try Client(port: port))
            try slow.send(Self.get.replacing("GET /", with: "GET /slow"))
            try quick.send(Self.get)
            #expect(try quick.receive()?.status == 200)
            release.open()
            #expect(try slow.receive()?.status == 200)
        }
    }

    @Test func connectionLimitSparesTheBusy() throws {
        try withServer(configure: { $0.connectionLimit = 3 }) { port, server in
            // Connections that have sent half a head are busy: the fourth is told so.
            let busy = try (0..<3).map { _ in try Client(port: port) }
            for client in busy { try client.send("GET / HTTP/1.1\r\n") }
            #expect(eventually { server.statistics.bytesReceived == 3 * 16 })
            do {
                let fourth = try Client(port: port)
                let response = try #require(try fourth.receive())
                #expect(response.status == 503 && response.headers["retry-after"] == "1")
                #expect(try fourth.isClosedByServer())
            }
            #expect(server.statistics.refusedConnections == 1)
            // An idle one makes room.
            try busy[0].send("Host: a\r\n\r\n")
            #expect(try busy[0].receive()?.status == 200)
            #expect(eventually { server.statistics.openConnections == 3 })
            let fifth = try Client(port: port)
            try fifth.send(Self.get)
            #expect(try fifth.receive()?.status == 200)
            #expect(try busy[0].isClosedByServer())
            #expect(server.statistics.evictedConnections == 1)
            for client in busy.dropFirst() {
                try client.send("Host: a\r\n\r\n")
                #expect(try client.receive()?.status == 200)
            }
        }
    }

    @Test func manyConnectionsFromOneAddress() throws {
        try withServer(queueLimit: 300) { port, server in
            let clients = try (0..<300).map { _ in try Client(port: port) }
            for client in clients { try client.send(Self.get) }
            for client in clients { #expect(try client.receive()?.status == 200) }
            #expect(server.statistics.acceptedConnections == 300 && server.statistics.refusedConnections == 0)
        }
        #expect(ServerConfiguration(lanes: []).connectionLimit >= 1_024)
    }

    /// A process with 24 descriptors and 60 clients: it serves who it can, turns others away, and recovers.
    @Test func descriptorExhaustion() throws {
        let server = try EchoServerProcess(descriptors: 24)
        defer { server.terminate() }
        var (clients, answered) = ([Client](), 0)
        for _ in 0..<60 {
            let client = try Client(port: server.port)
            try client.send("GET / HTTP/1.1\r\n")
            clients.append(client)
        }
        // Connections are taken in order: once the last is turned away, no other waits for one that is answered to make room.
        let last = clients.removeLast()
        if let response = try? last.receive() { #expect(response.status == 503) }
        for client in clients {
            guard (try? client.send("Host: a\r\n\r\n")) != nil, let response = try? client.receive() else { continue }
            if response.status == 200 { answered += 1 } else { #expect(response.status == 503) }
        }
        #expect(answered > 5 && answered < 24)
        clients = []
        #expect(eventually { (try? Self.isServed(server.port)) == true })
        #expect(server.isRunning)
    }

    private static func isServed(_ port: UInt16) throws -> Bool {
        let client = try Client(port: port)
        try client.send(get)
        return try client.receive()?.status == 200
    }
}
