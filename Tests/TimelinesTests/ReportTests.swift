import Concentration
import Testing

@testable import Timelines

@Suite struct ReportTests {
    @Test func itCountsFramesAndTime() throws {
        let lesson = try Lesson()
        // Aligned to windows: the lesson starts at 10:00:03, so second 7 is 10:00:10.
        try DashboardTests.fill(lesson, "ada", 7..<37, 0.8)
        try DashboardTests.fill(lesson, "ada", 37..<67, 0.2)
        try DashboardTests.fill(lesson, "ada", 67..<77, nil)
        let report = try lesson.store.report(
            session: "s", student: "ada", rule: .presence, at: Lesson.start + 97_000)
        #expect(report.displayName == "ADA")
        #expect([report.received, report.scored] == [70, 60])
        #expect(abs((report.mean ?? .nan) - 0.5) < 1e-12)
        #expect(report.quantiles == .init(p10: 0.2, p25: 0.2, p50: 0.5, p75: 0.8, p90: 0.8))
        #expect(report.level == .medium)
        // 10:00:00 to 10:01:40 are 10 windows: 3 high, 3 low, the rest without a score.
        #expect(report.secondsPerLevel == [.high: 30, .medium: 0, .low: 30, .unknown: 40])
        #expect(report.coverage == 0.6)
        #expect(report.lowEpisodes.map(\.start) == [Lesson.start + 37_000])
        #expect(report.lowEpisodes.map(\.end) == [Lesson.start + 67_000])
        #expect((report.trend ?? .nan) < 0)
        #expect(report.from == Lesson.start)
        #expect(report.to == Lesson.start + 97_000)
        #expect(report.sessions.map(\.coverage) == [0.6])
    }

    @Test func withoutFramesNothingIsClaimed() throws {
        let lesson = try Lesson()
        let report = try lesson.store.report(session: "s", student: "ada", rule: .convention, at: Lesson.start + 60_000)
        #expect([report.received, report.scored] == [0, 0])
        #expect(report.mean == nil && report.quantiles == nil && report.expressions == nil && report.trend == nil)
        #expect(report.level == .unknown)
        #expect(report.coverage == 0)
        #expect(report.secondsPerLevel[.unknown] == 70)
        let across = try lesson.store.report(class: "c", student: "ada", rule: .convention, at: Lesson.start + 60_000)
        #expect(across.sessions.isEmpty && across.from == nil && across.to == nil)
        #expect(across.secondsPerLevel[.unknown] == 0)
    }

    @Test func acrossSessionsItAddsThemUp() throws {
        let lesson = try Lesson()
        try DashboardTests.fill(lesson, "ada", 0..<30, 0.9)
        _ = try lesson.store.endSession("s", at: Lesson.start + 57_000)
        let second = Lesson.start + 86_400_000
        _ = try lesson.store.createSession("t", in: "c", title: "Second", at: second)
        _ = try lesson.store.createSession("u", in: "c", title: "Missed", at: second)
        for index in 0..<10 {
            var frame = FrameReport("t\(index)", at: Double(86_400 + index), .score(0.3))
            frame.session = "t"
            try lesson.store.append(frame)
        }
        let report = try lesson.store.report(class: "c", student: "ada", rule: .presence, at: second + 17_000)
        #expect(report.session == nil)
        #expect(report.sessions.map(\.session.id) == ["s", "t"])
        #expect(report.sessions.map { ($0.mean ?? .nan) * 10 }.map { $0.rounded() } == [9, 3])
        #expect([report.received, report.scored] == [40, 40])
        #expect(abs((report.mean ?? .nan) - 0.75) < 1e-12)
        #expect(report.from == Lesson.start)
        #expect(report.to == second + 17_000)
        // 6 windows of the first session with 4 scored, 2 of the second with 2 scored.
        #expect(report.coverage == 6.0 / 8)
    }

    @Test func aFrameBeforeTheLessonWidensIt() throws {
        let lesson = try Lesson()
        try lesson.store.append(FrameReport("early", at: -60, .score(0.5)))
        let report = try lesson.store.report(session: "s", student: "ada", rule: .presence, at: Lesson.start)
        #expect(report.coverage == 1.0 / 7)
        #expect(report.from == (Lesson.start - 60_000).floored(to: Rollup.length))
    }
}
