import Concentration
import Foundation
import Testing

@testable import Timelines

@Suite struct GroupCommitTests {
    /// Eight writers and two readers at once: every frame once, in rollups that add up, and reads never see half a transaction.
    @Test func manyWritersAndReadersAgree() async throws {
        let students = (0..<8).map { "student\($0)" }
        let lesson = try Lesson(students: students)
        let store = lesson.store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for student in students {
                group.addTask {
                    for index in 0..<150 {
                        let frame = FrameReport("\(student)-\(index)", student, at: Double(index), .score(0.5))
                        let first = await Self.append(frame, to: store)
                        #expect(first == .success(.stored))
                        if index % 10 == 0 {
                            let again = await Self.append(frame, to: store)
                            #expect(again == .success(.replayed(frame)))
                        }
                    }
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    for poll in 0..<60 {
                        let now = Lesson.start + 150_000
                        let dashboard = try store.dashboard(session: "s", rule: .presence, at: now)
                        #expect(dashboard.students.count == 8)
                        let (frames, received) = try store.read("comparing") { connection throws(StoreError) in
                            (
                                try connection.first("SELECT count(*) FROM frames") { row in row.integer(0) },
                                try connection.first("SELECT ifnull(sum(scored), 0) FROM rollups") { row in
                                    row.integer(0)
                                }
                            )
                        }
                        #expect(frames == received, "poll \(poll)")
                    }
                }
            }
            try await group.waitForAll()
        }
        for student in students {
            let frames = try store.frames(session: "s", student: student, limit: 1000).elements
            #expect(frames.map(\.id) == (0..<150).map { "\(student)-\($0)" })
            let report = try store.report(session: "s", student: student, rule: .presence, at: Lesson.start)
            #expect(report.received == 150)
        }
    }

    private static func append(_ frame: FrameReport, to store: TimelineStore) async -> Result<Appended, StoreError> {
        await withCheckedContinuation { continuation in
            store.append(frame, received: Lesson.start) { continuation.resume(returning: $0) }
        }
    }
}
