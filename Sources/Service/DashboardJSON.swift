import Concentration
import StrictJSON
import Timelines

/// The dashboard as the clients see it: encoded once, however often it is sent; only the time of sending is put in.
struct DashboardView: Sendable {
    private let beforeTime, afterTime: [UInt8]
    /// Weak (RFC 9110 §8.8.1), since the time of sending is not part of it.
    let etag: String

    init(_ dashboard: Dashboard, _ options: ServiceOptions) {
        let isAggregate = options.visibility == .aggregate
        let head: JSON = [
            "session": dashboard.session.json, "mode": .string(options.visibility.rawValue),
            "rule": .string(options.rule.id), "rules": .array(dashboard.rules.map(JSON.string)),
        ]
        let rest: JSON = [
            "poll_after_ms": .number(Double(options.pollAfter)),
            "class": dashboard.classJSON(atLeast: isAggregate ? options.minimumGroupSize : 0),
            "students": .array(isAggregate ? [] : dashboard.students.map(\.json)),
        ]
        beforeTime = head.bytes.dropLast() + Array(",\"generated_at\":".utf8)
        afterTime = Array(",".utf8) + rest.bytes.dropFirst()
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in beforeTime { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for byte in afterTime { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        etag = "W/\"\(String(hash, radix: 16))\""
    }

    /// JSON text.
    func bytes(at now: Timestamp) -> [UInt8] { beforeTime + JSON.string(now.text).bytes + afterTime }
}

extension Dashboard {
    /// - Parameter least: figures, and minutes, with fewer students behind them are withheld, since they could be one's own.
    fileprivate func classJSON(atLeast least: Int) -> JSON {
        let isWithheld = classNow.counted < least
        func figure(_ value: Double?) -> JSON { isWithheld ? .null : .rounded(value) }
        func line(_ values: [Double?]) -> JSON {
            .array(zip(values, timeline.counted).map { $1 < least ? .null : .rounded($0) })
        }
        return [
            "students": .number(Double(classNow.students)), "present": .number(Double(classNow.present)),
            "group_faces": .number(Double(classNow.groupFaces)), "median": figure(classNow.median),
            "q1": figure(classNow.q1), "q3": figure(classNow.q3),
            "level": .string((isWithheld ? Level.unknown : classNow.level).rawValue),
            "coverage": figure(classNow.coverage),
            "expressions": isWithheld ? .null : classNow.expressions?.json ?? .null,
            "timeline": [
                "start": .string(timeline.start.text), "step_s": .number(Double(ClassTimeline.step / 1000)),
                "median": line(timeline.median), "q1": line(timeline.q1), "q3": line(timeline.q3),
                "coverage": line(timeline.coverage),
            ],
        ]
    }
}

extension StudentReading {
    fileprivate var json: JSON {
        [
            "student": .string(id), "display_name": .string(displayName), "status": .text(status?.rawValue),
            "score": .rounded(score), "level": .string(level.rawValue), "expression": .text(expression?.rawValue),
            "trend": .rounded(trend), "last_seen": .text(lastSeen?.text), "coverage": .rounded(coverage),
            "spark": .array(spark.map { .rounded($0.map { $0 * 100 }, places: 0) }),
        ]
    }
}
