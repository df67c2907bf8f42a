import Concentration
import FoundationEssentials
import Glibc
import Synchronization
import Threads
import Timelines

/// A store in a folder of its own with one class, one session and consenting students.
struct BenchLesson {
    static let start = Timestamp(milliseconds: 1_795_255_200_000)
    /// How often a dashboard is asked for, by either way.
    private static let polls = 300

    fileprivate let store: TimelineStore
    private let folder: URL
    fileprivate let names: [String]

    init(folder: String, students: Int) throws {
        self.folder = URL(filePath: folder).appending(path: "bench-store-\(getpid())")
        try LocalFile.makeFolder(self.folder.path)
        store = try TimelineStore(path: self.folder.appending(path: "bench.db").path)
        names = (0..<students).map { "student-\($0)" }
        _ = try store.createClass("class", name: "Class", at: Self.start)
        for session in ["lesson", "commits"] {
            _ = try store.createSession(session, in: "class", title: "Lesson", at: Self.start)
        }
        let consent = Consent(granted: true, noticeVersion: "1", guardian: false, time: Self.start)
        for name in names {
            _ = try store.putStudent(
                name, in: "class", displayName: "Student \(name)", consent: consent, actor: "bench", at: Self.start)
        }
    }

    func remove() {
        store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Frames acknowledged per second while always so many wait for their commit.
    func commitRate(inFlight: Int, seconds: Double) throws -> Double {
        let run = CommitRun(lesson: self, deadline: now() + seconds * 1000)
        let start = now()
        for _ in 0..<inFlight { run.next() }
        while run.waiting.load(ordering: .acquiring) > 0 { usleep(1000) }
        if let error = run.failure.withLock({ $0 }) { throw error }
        return Double(run.done.load(ordering: .acquiring)) / (now() - start) * 1000
    }

    /// One frame a second for each student, 1,024 waiting at a time.
    func fill(minutes: Int) throws -> (frames: Int, rate: Double) {
        let start = now()
        let run = CommitRun(lesson: self, deadline: .infinity)
        for second in 0..<minutes * 60 {
            while run.waiting.load(ordering: .acquiring) > 1024 - names.count { usleep(200) }
            for (index, name) in names.enumerated() {
                run.append(
                    frame(session: "lesson", student: name, second: second, number: second * names.count + index))
            }
        }
        while run.waiting.load(ordering: .acquiring) > 0 { usleep(1000) }
        if let error = run.failure.withLock({ $0 }) { throw error }
        let frames = minutes * 60 * names.count
        return (frames, Double(frames) / (now() - start) * 1000)
    }

    /// Milliseconds of each reading; before each dashboard one frame of every student arrives, as in a running lesson.
    func readTimes(minutes: Int) throws -> [(String, [Double])] {
        let dashboard = try (0..<Self.polls).map { poll in
            let clock = try go(on: minutes * 60 + poll)
            return try milliseconds { _ = try store.dashboard(session: "lesson", rule: .convention, at: clock) }
        }
        let clock = Self.start + Int64(minutes + 5) * 60_000
        let report = try names.prefix(100).map { name in
            try milliseconds { _ = try store.report(session: "lesson", student: name, rule: .convention, at: clock) }
        }
        let timeline = try names.prefix(100).map { name in
            try milliseconds {
                _ = try store.timeline(
                    session: "lesson", student: name, resolution: .tenSeconds, rule: .convention, limit: 1000)
            }
        }
        let admission = try (0..<1000).map { index in
            try milliseconds {
                let session = try store.session("lesson")
                _ = try store.student(names[index % names.count], in: session.classID)
            }
        }
        return [("dashboard", dashboard), ("report", report), ("timeline", timeline), ("admission", admission)]
    }

    /// The same over HTTP on loopback, by the service that pages poll: the milliseconds until the last byte of each answer,
    /// and the bytes of the longest body.
    func pollTimes(minutes: Int) throws -> (times: [Double], bytes: Int) {
        let server = try BenchServer(store: store)
        defer { server.stop() }
        var bytes = 0
        let times = try (0..<Self.polls).map { poll in
            server.clock.time = try go(on: minutes * 60 + Self.polls + poll)
            return try milliseconds { bytes = max(bytes, try server.poll("/v1/sessions/lesson/dashboard")) }
        }
        return (times, bytes)
    }

    /// A frame of every student in a second of the lesson, committed; gives the second's end.
    private func go(on second: Int) throws -> Timestamp {
        let run = CommitRun(lesson: self, deadline: .infinity)
        for (index, name) in names.enumerated() {
            run.append(frame(session: "lesson", student: name, second: second, number: second * names.count + index))
        }
        while run.waiting.load(ordering: .acquiring) > 0 { usleep(200) }
        if let error = run.failure.withLock({ $0 }) { throw error }
        return Self.start + Int64(second + 1) * 1000
    }

    fileprivate func frame(session: String, student: String, second: Int, number: Int) -> FrameReport {
        let happy = Double(number % 7) / 10
        let probabilities = ExpressionProbabilities([0.02, 0.01, 0.03, happy, 0.04, 0.05, 0.85 - happy])
        let quality = FaceQuality(brightness: 120, contrast: 50, sharpness: 210, yaw: 3, pitch: -2, roll: 1)
        let face = Face(
            box: Box(x: 200, y: 120, width: 180, height: 180),
            landmarks: (0..<5).map { Point(x: 210 + Double($0), y: 150) }, score: 0.99, quality: quality)
        let reading = FrameReading(
            status: .scored, reasons: [], face: face, expressions: probabilities,
            concentration: ScoringRule.convention.score(probabilities, gates: Gates(presence: 1, quality: 1)))
        return FrameReport(
            id: "\(session)-\(number)", session: session, student: student,
            capturedAt: Self.start + Int64(second) * 1000, reading: reading,
            model: "ds-efficientnet@00000000+face-detector@00000000+face-refiner@00000000", timing: Timing(total: 2.4))
    }
}

/// Frames on their way to the store.
private final class CommitRun: Sendable {
    private let lesson: BenchLesson
    private let deadline: Double
    private let number = Atomic(Int.random(in: 0..<1 << 40))
    let waiting = Atomic(0)
    let done = Atomic(0)
    let failure = Monitor<StoreError?>(nil)

    init(lesson: BenchLesson, deadline: Double) { (self.lesson, self.deadline) = (lesson, deadline) }

    func append(_ frame: FrameReport, then: @escaping @Sendable () -> Void = {}) {
        waiting.add(1, ordering: .releasing)
        lesson.store.append(frame, received: frame.capturedAt) { result in
            if case .failure(let error) = result { self.failure.withLock { $0 = error } }
            self.done.add(1, ordering: .releasing)
            then()
            self.waiting.subtract(1, ordering: .releasing)
        }
    }

    /// Appends one frame after the other until the deadline.
    func next() {
        guard now() < deadline, failure.withLock({ $0 }) == nil else { return }
        let number = number.add(1, ordering: .relaxed).newValue
        let name = lesson.names[number % lesson.names.count]
        append(lesson.frame(session: "commits", student: name, second: number % 3600, number: number)) { self.next() }
    }
}

/// Milliseconds of a monotonic clock.
private func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
}

private func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = now()
    try body()
    return now() - start
}
