import Concentration
import Testing

@testable import Timelines

@Suite struct DashboardTests {
    /// Frames at whole seconds of a student with one score; the lesson starts at 10:00:03.
    static func fill(_ lesson: Lesson, _ student: String, _ seconds: Range<Int>, _ score: Double?) throws {
        for second in seconds {
            try lesson.store.append(
                FrameReport(
                    "\(student)\(second)", student, at: Double(second), score.map(FrameReading.score) ?? .noFace))
        }
    }

    @Test func itShowsWhoIsThereAndHowTheyLook() throws {
        let lesson = try Lesson(students: ["ada", "bob", "cat", "dan", "eve"])
        try Self.fill(lesson, "ada", 0..<100, 0.8)
        try Self.fill(lesson, "bob", 0..<100, 0.4)
        try Self.fill(lesson, "cat", 0..<40, 0.9)
        try Self.fill(lesson, "dan", 0..<100, nil)
        let dashboard = try lesson.store.dashboard(session: "s", rule: .presence, at: Lesson.start + 100_000)
        #expect(dashboard.students.map(\.id) == ["ada", "bob", "cat", "dan", "eve"])
        #expect(dashboard.students.map(\.status) == [.scored, .scored, .scored, .noFace, nil])
        #expect(dashboard.students.map(\.level) == [.high, .low, .unknown, .unknown, .unknown])
        #expect(dashboard.students[0].score.map { abs($0 - 0.8) < 1e-12 } == true)
        #expect(dashboard.students[2].score == nil, "cat left a minute ago")
        #expect(dashboard.students[2].lastSeen == Lesson.start + 39_000)
        // 10:00:03 to 10:01:43 touches 11 windows; cat was seen in the first 5.
        #expect(dashboard.students.map(\.coverage) == [1, 1, 5.0 / 11, 0, 0])
        let now = dashboard.classNow
        #expect([now.students, now.present, now.groupFaces] == [5, 3, 0])
        #expect(now.median.map { abs($0 - 0.6) < 1e-12 } == true)
        #expect(now.q1.map { abs($0 - 0.5) < 1e-12 } == true)
        #expect(now.level == .medium)
        #expect(now.coverage == 2.0 / 3)
        #expect(now.expressions == nil, "presence mode reads none")
        #expect(dashboard.timeline.start == Timestamp("2026-11-21T10:00:00Z"))
        #expect(dashboard.timeline.median.map { $0.map { ($0 * 100).rounded() } } == [80, 60])
        #expect(dashboard.timeline.coverage == [154.0 / 211, 2.0 / 3])
    }

    @Test func aSparkLineHasThirtyWindows() throws {
        let lesson = try Lesson()
        try Self.fill(lesson, "ada", 0..<20, 0.25)
        try Self.fill(lesson, "ada", 330..<400, 0.75)
        let ada = try lesson.store.dashboard(session: "s", rule: .presence, at: Lesson.start + 400_000).students[0]
        #expect(ada.spark.count == 30)
        // The first two windows are more than five minutes old.
        #expect(ada.spark == Array(repeating: nil, count: 22) + Array(repeating: 0.75, count: 8))
        #expect(ada.trend == 0)
    }

    /// Frames may be dated a little ahead: they are in the score, and neither on the spark nor in its slope.
    @Test func theTrendIsThatOfTheSpark() throws {
        let lesson = try Lesson()
        try Self.fill(lesson, "ada", 0..<60, 0.4)
        try Self.fill(lesson, "ada", 70..<80, 0.9)
        let ada = try lesson.store.dashboard(session: "s", rule: .presence, at: Lesson.start + 57_000).students[0]
        #expect(ada.score.map { abs($0 - 0.9) < 1e-12 } == true)
        #expect(ada.spark.last?.map { abs($0 - 0.4) < 1e-12 } == true)
        #expect(ada.trend.map { abs($0) < 1e-12 } == true)
    }

    @Test func scoresOfSeveralRulesAreNamed() throws {
        let lesson = try Lesson()
        #expect(try lesson.store.dashboard(session: "s", rule: .convention, at: Lesson.start).rules == [])
        try lesson.store.append(FrameReport("none", at: 0, .noFace))
        #expect(try lesson.store.dashboard(session: "s", rule: .convention, at: Lesson.start).rules == [])
        var reading = FrameReading.score(0.5)
        for rule in ["b@1", "a@2"] {
            reading.concentration.rule = rule
            try lesson.store.append(FrameReport(rule, at: 1, reading))
        }
        let (now, rules) = (Lesson.start + 9_000, ["a@2", "b@1"])
        #expect(try lesson.store.dashboard(session: "s", rule: .convention, at: now).rules == rules)
        #expect(try lesson.store.report(session: "s", student: "ada", rule: .convention, at: now).rules == rules)
        #expect(try lesson.store.report(class: "c", student: "ada", rule: .convention, at: now).rules == rules)
    }

    @Test func theTrendIsTheChangeOverFiveMinutes() throws {
        let lesson = try Lesson()
        for window in 0..<30 {
            try lesson.store.append(
                FrameReport("f\(window)", at: Double(window * 10), .score(0.2 + 0.6 * Double(window) / 30)))
        }
        let ada = try lesson.store.dashboard(session: "s", rule: .presence, at: Lesson.start + 295_000).students[0]
        #expect(ada.trend.map { abs($0 - 0.6) < 1e-9 } == true)
    }

    /// The cache of minutes must never show: whatever happens, a fresh store says the same.
    @Test func rememberedMinutesFollowLateFramesAndErasures() throws {
        let lesson = try Lesson(students: ["ada", "bob", "eve"])
        let now = Lesson.start + 1_200_000
        func agree(_ comment: Comment) throws {
            let fresh = try TimelineStore(path: lesson.folder.database)
            defer { fresh.close() }
            #expect(
                try lesson.store.dashboard(session: "s", rule: .convention, at: now)
                    == fresh.dashboard(session: "s", rule: .convention, at: now), comment)
        }
        for (index, frame) in RollupTests.frames(count: 300, seed: 8).enumerated() {
            try lesson.store.append(frame)
            if index % 50 == 0 { try agree("frame \(index)") }
        }
        try lesson.store.append(FrameReport("late", at: 61, .score(1)))
        try agree("a late frame")
        _ = try lesson.store.eraseStudent("bob", in: "c", actor: "test", at: now)
        try agree("an erasure")
        _ = try lesson.store.endSession("s", at: now - 60_000)
        try agree("the end")
    }

    @Test func groupFramesSpeakWhereNoStudentDoes() throws {
        let lesson = try Lesson()
        let faces = [0.2, 0.4, 0.9].map(FrameReading.score) + [.noFace]
        try lesson.store.append(
            GroupFrameReport(
                id: "g", session: "s", capturedAt: Lesson.start + 1000, faces: faces, model: "m@1", timing: Timing()))
        let alone = try lesson.store.dashboard(session: "s", rule: .presence, at: Lesson.start + 5000)
        #expect(alone.classNow.groupFaces == 4)
        #expect(alone.classNow.median == 0.4)
        #expect(alone.classNow.coverage == 0.75)
        #expect(alone.timeline.median == [0.4])
        #expect(alone.students.map(\.score) == [nil])
        let later = try lesson.store.dashboard(session: "s", rule: .presence, at: Lesson.start + 60_000)
        #expect(later.classNow.median == nil)
        try lesson.store.append(FrameReport("f", at: 2, .score(0.7)))
        let both = try lesson.store.dashboard(session: "s", rule: .presence, at: Lesson.start + 5000)
        #expect(both.classNow.groupFaces == 0)
        #expect(both.classNow.median == 0.7)
        #expect(both.timeline.median == [0.7])
    }

    @Test func aLongLessonShowsItsLastSixHours() throws {
        let lesson = try Lesson()
        try Self.fill(lesson, "ada", 0..<1, 0.5)
        let now = Lesson.start + 3 * 86_400_000
        let dashboard = try lesson.store.dashboard(session: "s", rule: .presence, at: now)
        #expect(dashboard.timeline.median.count == 360)
        #expect(dashboard.timeline.start == now.floored(to: 60_000) - 359 * 60_000)
    }
}
