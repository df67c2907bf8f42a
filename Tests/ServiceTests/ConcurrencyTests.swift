import Concentration
import Foundation
import TestSupport
import Testing
import Threads

@testable import Service
@testable import Timelines

@Suite struct ConcurrencyTests {
    /// Many clients at once, half of them with keys that others use too: each key is one frame, whoever was first.
    @Test func oneFrameForEachKey() throws {
        let room = try Classroom(.live)
        let picture = try Pictures.coffee()
        let outcomes = Monitor<[String: [Int]]>([:])
        DispatchQueue.concurrentPerform(iterations: 8) { client in
            for index in 0..<10 {
                let key = index % 2 == 0 ? "shared-\(index)" : "own-\(client)-\(index)"
                let status = (try? room.post(picture, key: key).status) ?? 0
                outcomes.withLock { $0[key, default: []].append(status) }
            }
        }
        let answers = outcomes.withLock { $0 }
        #expect(answers.count == 5 + 40)
        for (key, statuses) in answers {
            #expect(
                statuses.sorted() == Array(repeating: 200, count: statuses.count - 1) + [201], "\(key): \(statuses)")
        }
        #expect(try room.storedFrames() == answers.count)
    }

    /// A full inference queue refuses pictures and nothing else.
    @Test func healthAnswersWhileInferenceIsBusy() throws {
        let room = try Classroom(.live, ready: false)
        let gate = Gate()
        room.service.becomeReady(Engine(model: "m", description: nil, analyzers: [gate, gate]))
        let picture = try Pictures.coffee()
        let statuses = Monitor<[String: Int]>([:])
        let posted = DispatchGroup()
        for _ in 0..<80 {
            let thread = Thread {
                let answer = try? room.post(picture)
                statuses.withLock { $0[answer?.outcome ?? "none", default: 0] += 1 }
                posted.leave()
            }
            posted.enter()
            thread.start()
        }
        while statuses.withLock({ $0["503 overloaded", default: 0] }) == 0 { usleep(10_000) }
        #expect(try room.send("GET", "/healthz").status == 200)
        #expect(try room.send("GET", "/v1/sessions/s1/dashboard").status == 200)
        #expect(try room.send("GET", "/metrics").text.contains("classpulse_queue_running{lane=\"inference\"} 2"))
        gate.open()
        posted.wait()
        let outcomes = statuses.withLock { $0 }
        #expect(outcomes["201", default: 0] + outcomes["503 overloaded", default: 0] == 80, "\(outcomes)")
        #expect(try room.storedFrames() == outcomes["201"])
    }

    /// As while an erasure rewrites a large file: what changes the store waits, what reads it does not.
    @Test func readsAnswerWhileTheWriterIsBusy() throws {
        let room = try Classroom(.live)
        let (isBusy, isFree) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let writing = DispatchGroup()
        DispatchQueue.global().async(group: writing) {
            try? room.store.write("holding the writer") { _ throws(StoreError) in
                isBusy.signal()
                isFree.wait()
            }
        }
        isBusy.wait()
        let statuses = Monitor<[Int]>([])
        for index in 0..<4 {
            DispatchQueue.global().async(group: writing) {
                let answer = try? room.send("PUT", "/v1/classes/c1/students/new-\(index)", json: ["display_name": "N"])
                statuses.withLock { $0.append(answer?.status ?? 0) }
            }
        }
        while try !room.send("GET", "/metrics").text.contains("classpulse_queue_running{lane=\"changes\"} 2") {}
        for path in ["/healthz", "/readyz", "/v1/sessions/s1/dashboard", "/v1/classes/c1/students"] {
            #expect(try room.send("GET", path).status == 200, "\(path)")
        }
        #expect(statuses.withLock { $0 } == [])
        isFree.signal()
        writing.wait()
        #expect(statuses.withLock { $0 } == [201, 201, 201, 201])
    }
}
