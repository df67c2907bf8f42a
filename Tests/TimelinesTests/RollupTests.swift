import Concentration
import TestSupport
import Testing

@testable import Timelines

@Suite struct RollupTests {
    /// Frames of three students over twenty minutes, some late, some out of order, some before the lesson began.
    static func frames(count: Int, seed: UInt64) -> [FrameReport] {
        var generator = FixedRandom(seed: seed)
        return (0..<count).map { index in
            let late = Int.random(in: 0..<5, using: &generator) == 0
            let second = late ? Double.random(in: -90..<1200, using: &generator) : Double(index * 1200 / count)
            let student = ["ada", "bob", "eve"].randomElement(using: &generator)!
            return FrameReport("f\(index)", student, at: second, .random(using: &generator))
        }
    }

    /// What the derived tables hold, as text.
    static func derived(_ store: TimelineStore) throws -> [String] {
        try store.read("dumping") { connection throws(StoreError) in
            var lines: [String] = []
            for (table, columns) in [("rollups", 16), ("attendance", 9), ("minutes", 2), ("session_rules", 2)] {
                try connection.each("SELECT * FROM \(table) ORDER BY 1, 2") { row in
                    lines.append(table + (0..<Int32(columns)).map { " " + row.text($0) }.joined())
                }
            }
            return lines
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func windowsAreTheSumsOfTheirFrames(seed: UInt64) throws {
        let lesson = try Lesson(students: ["ada", "bob", "eve"])
        let frames = Self.frames(count: 400, seed: seed)
        for frame in frames { try lesson.store.append(frame) }
        for student in ["ada", "bob", "eve"] {
            var expected: [Timestamp: Rollup] = [:]
            for frame in frames where frame.student == student {
                let window = Rollup(holding: frame.capturedAt)
                expected[window.start, default: window].add(frame.reading)
            }
            let timeline = try lesson.store.timeline(
                session: "s", student: student, resolution: .tenSeconds, rule: .convention, limit: 1000)
            #expect(
                timeline.elements.map(\.rollup) == expected.values.sorted { $0.start < $1.start }, "\(student) \(seed)")
        }
    }

    @Test(arguments: [11, 12] as [UInt64])
    func aRebuildEqualsWhatGrewFrameByFrame(seed: UInt64) throws {
        let lesson = try Lesson(students: ["ada", "bob", "eve"])
        for frame in Self.frames(count: 500, seed: seed) { try lesson.store.append(frame) }
        let grown = try Self.derived(lesson.store)
        #expect(grown.count > 200)
        lesson.store.close()

        #expect(try Maintenance(path: lesson.folder.database).rebuild() == 500)
        let rebuilt = try TimelineStore(path: lesson.folder.database)
        #expect(try Self.derived(rebuilt) == grown)
    }

    /// A rule that only the erased student's scores had goes; one that another student's, or a picture of several, had stays.
    @Test func aRebuildAfterAnErasureEqualsWhatWasLeft() throws {
        let lesson = try Lesson(students: ["ada", "bob", "eve"])
        for frame in Self.frames(count: 300, seed: 13) { try lesson.store.append(frame) }
        func reading(by rule: String) -> FrameReading {
            var reading = FrameReading.score(0.5)
            reading.concentration.rule = rule
            return reading
        }
        var unscored = FrameReading.noFace
        unscored.concentration.rule = "bobs@1"
        for (index, rule) in ["bobs@1", "everybodys@1", "pictures@1"].enumerated() {
            try lesson.store.append(FrameReport(rule, "bob", at: Double(index), reading(by: rule)))
        }
        try lesson.store.append(FrameReport("eve's", "eve", at: 9, reading(by: "everybodys@1")))
        try lesson.store.append(FrameReport("eve's without a score", "eve", at: 9, unscored))
        try lesson.store.append(
            GroupFrameReport(
                id: "g", session: "s", capturedAt: Lesson.start, faces: [reading(by: "pictures@1"), unscored],
                model: "m@1", timing: Timing()))
        func rules() throws -> Set<String> {
            Set(
                try lesson.store.report(
                    session: "s", student: "eve", rule: .convention, at: Lesson.start + 1_200_000
                ).rules)
        }
        let others: Set = [ScoringRule.convention.id, "everybodys@1", "pictures@1"]
        #expect(try rules() == others.union(["bobs@1"]))
        _ = try lesson.store.eraseStudent("bob", in: "c", actor: "a", at: Lesson.start)
        #expect(try rules() == others)
        let left = try Self.derived(lesson.store)
        lesson.store.close()
        _ = try Maintenance(path: lesson.folder.database).rebuild()
        #expect(try Self.derived(TimelineStore(path: lesson.folder.database)) == left)
    }

    @Test func aRebuildRepairsWhatWasDamaged() throws {
        let lesson = try Lesson(students: ["ada", "bob", "eve"])
        for frame in Self.frames(count: 100, seed: 5) { try lesson.store.append(frame) }
        let grown = try Self.derived(lesson.store)
        try lesson.store.write("damaging") { connection throws(StoreError) in
            try connection.execute("DELETE FROM rollups WHERE start % 20000 = 0; UPDATE attendance SET received = 7")
        }
        #expect(try Self.derived(lesson.store) != grown)
        lesson.store.close()
        _ = try Maintenance(path: lesson.folder.database).rebuild()
        #expect(try Self.derived(TimelineStore(path: lesson.folder.database)) == grown)
    }

    @Test func aTimelineIsPagedAndMerged() throws {
        let lesson = try Lesson()
        for second in stride(from: 0, to: 300, by: 5) where !(100..<170).contains(second) {
            try lesson.store.append(FrameReport("f\(second)", at: Double(second), .score(Double(second) / 300)))
        }
        for resolution in Resolution.allCases {
            let whole = try lesson.store.timeline(
                session: "s", student: "ada", resolution: resolution, rule: .convention, limit: 1000)
            #expect(whole.elements.reduce(0) { $0 + $1.rollup.received } == 46)
            #expect(whole.next == nil)
            for limit in [1, 2, 5, 7] {
                var windows: [TimelineWindow] = []
                var cursor: String?
                repeat {
                    let page = try lesson.store.timeline(
                        session: "s", student: "ada", resolution: resolution, rule: .convention, limit: limit,
                        after: cursor)
                    windows += page.elements
                    cursor = page.next
                } while cursor != nil
                #expect(windows == whole.elements, "\(resolution) \(limit)")
            }
            let later = try lesson.store.timeline(
                session: "s", student: "ada", resolution: resolution, rule: .convention, from: Lesson.start + 200_000,
                limit: 1000)
            #expect(later.elements == Array(whole.elements.suffix(later.elements.count)))
            #expect(later.elements.first.map { $0.rollup.end > Lesson.start + 200_000 } == true)
        }
    }
}
