import Concentration
import Foundation
import Glibc
import Testing

@testable import Timelines

@Suite struct CrashTests {
    /// A process is killed while frames are appended: every acknowledged one is there, once, and the rollups fit.
    @Test(arguments: 0..<20)
    func anAcknowledgedFrameSurvivesAKill(round: Int) async throws {
        let lesson = try Lesson()
        lesson.store.close()
        let path = lesson.folder.database
        let log = lesson.folder.url.appendingPathComponent("acknowledged").path
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, log = log as String, round = round as Int] in
            let store = try TimelineStore(path: path)
            let file = Glibc.open(log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            let pending = DispatchSemaphore(value: 16)
            // Killed some time later, at a moment that differs from round to round.
            Thread.detachNewThread {
                usleep(UInt32(5_000 + round * 4_700))
                kill(getpid(), SIGKILL)
            }
            for index in 0... {
                pending.wait()
                store.append(FrameReport("f\(index)", at: Double(index) / 10), received: Lesson.start) { result in
                    if case .success(.stored) = result {
                        let line = "f\(index)\n"
                        _ = write(file, line, line.utf8.count)
                    }
                    pending.signal()
                }
            }
        }
        let acknowledged = ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").map(
            String.init)
        let store = try TimelineStore(path: path)
        let stored = try store.frames(session: "s", student: "ada", limit: 1_000_000).elements.map(\.id)
        #expect(Set(stored).count == stored.count)
        #expect(Set(acknowledged).subtracting(stored).isEmpty, "round \(round)")
        let timeline = try store.timeline(
            session: "s", student: "ada", resolution: .minute, rule: .presence, limit: 1_000_000)
        #expect(timeline.elements.reduce(0) { $0 + $1.rollup.received } == stored.count, "round \(round)")
        store.close()
        #expect(try Maintenance(path: path).check() == [], "round \(round)")
    }
}
