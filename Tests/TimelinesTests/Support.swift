import Concentration
import Foundation
import TestSupport

@testable import Timelines

/// A database file in a folder of its own, removed with this object.
final class TemporaryFolder: Sendable {
    let url: URL
    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("timelines-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(at: url) }
    var database: String { url.appendingPathComponent("classpulse.db").path }
}

/// A store with class `c`, session `s`, and consenting students.
struct Lesson {
    static let start = Timestamp("2026-11-21T10:00:03.000Z")!
    let folder: TemporaryFolder
    let store: TimelineStore

    init(students: [String] = ["ada"], queueLimit: Int = 4096) throws {
        folder = try TemporaryFolder()
        store = try TimelineStore(path: folder.database, queueLimit: queueLimit)
        _ = try store.createClass("c", name: "Class", at: Self.start)
        _ = try store.createSession("s", in: "c", title: "Lesson", at: Self.start)
        for student in students { try add(student) }
    }

    func add(_ student: String, name: String? = nil) throws {
        _ = try store.putStudent(
            student, in: "c", displayName: name ?? student.uppercased(), consent: .given, actor: "test", at: Self.start)
    }
}

extension Consent {
    static let given = Consent(granted: true, noticeVersion: "1", guardian: false, time: Lesson.start)
    static let withdrawn = Consent(granted: false, noticeVersion: "1", guardian: false, time: Lesson.start)
}

extension TimelineStore {
    /// `append`, waiting for the commit.
    @discardableResult
    func append(_ report: FrameReport, received: Timestamp = Lesson.start) throws -> Appended {
        let result = Waiting<Result<Appended, StoreError>>()
        append(report, received: received) { result.set($0) }
        return try result.get().get()
    }

    /// `eraseStudent`, waiting until it is done.
    func eraseStudent(_ id: String, in classID: String, actor: String, at now: Timestamp) throws -> Erasure {
        let result = Waiting<Result<Erasure, StoreError>>()
        eraseStudent(id, in: classID, actor: actor, at: now) { result.set($0) }
        return try result.get().get()
    }

    @discardableResult
    func append(_ report: GroupFrameReport) throws -> GroupAppended {
        let result = Waiting<Result<GroupAppended, StoreError>>()
        appendGroup(report, received: Lesson.start) { result.set($0) }
        return try result.get().get()
    }
}

/// A value that another thread will set.
final class Waiting<T: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var value: T?
    func set(_ value: T) {
        condition.lock()
        self.value = value
        condition.broadcast()
        condition.unlock()
    }
    func get() -> T {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let value { return value }
            condition.wait()
        }
    }
}

extension FrameReading {
    /// Every field filled, or empty, by chance.
    static func random(using generator: inout FixedRandom) -> FrameReading {
        let status = [FrameStatus.scored, .scored, .scored, .noFace, .severalFaces, .lowQuality]
            .randomElement(using: &generator)!
        func number(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &generator) }
        let gates = Gates(presence: number(0...1), quality: number(0...1))
        let raw = FacialExpression.allCases.map { _ in number(0.01...1) }
        let sum = raw.reduce(0, +)
        let probabilities = status == .noFace ? nil : ExpressionProbabilities(raw.map { $0 / sum })
        let quality = FaceQuality(
            brightness: number(0...255), contrast: number(0...80), sharpness: number(0...900), yaw: number(-60...60),
            pitch: number(-40...40), roll: number(-40...40))
        let face = Face(
            box: Box(x: number(-5...600), y: number(0...400), width: number(20...200), height: number(20...200)),
            landmarks: (0..<5).map { _ in Point(x: number(0...640), y: number(0...480)) }, score: number(0...1),
            quality: Bool.random(using: &generator) ? quality : nil)
        return FrameReading(
            status: status, reasons: Reason.allCases.filter { _ in Bool.random(using: &generator) },
            face: status == .noFace ? nil : face, expressions: probabilities,
            concentration: status == .scored
                ? ScoringRule.convention.score(probabilities, gates: gates)
                : ScoringRule.convention.unknown(gates: gates))
    }

    /// Scored through the presence gate alone, in presence mode.
    static func score(_ score: Double) -> FrameReading {
        FrameReading(
            status: .scored, reasons: [], face: nil, expressions: nil,
            concentration: ScoringRule.presence.score(nil, gates: Gates(presence: score, quality: 1)))
    }

    static let noFace = FrameReading(
        status: .noFace, reasons: [.noFace], face: nil, expressions: nil,
        concentration: ScoringRule.convention.unknown())
}

extension FrameReport {
    init(_ id: String, _ student: String = "ada", at seconds: Double = 0, _ reading: FrameReading = .score(0.5)) {
        self.init(
            id: id, session: "s", student: student, capturedAt: Lesson.start + Int64(seconds * 1000), reading: reading,
            model: "m@1", timing: Timing(decode: 1, detect: 2, classify: 3, total: 6.5))
    }
}
