import Concentration
import StrictJSON
import Timelines

/// The dashboard as the clients see it, without the time it was made, and its validator.
struct DashboardView: Sendable {
    private let members: [JSON.Member]
    let etag: String

    init(_ dashboard: Dashboard, _ options: ServiceOptions) {
        let isAggregate = options.visibility == .aggregate
        let seen = max(dashboard.classNow.present, dashboard.classNow.groupFaces)
        let isWithheld = isAggregate && seen < options.minimumGroupSize
        members = [
            JSON.Member("session", dashboard.session.json), JSON.Member("mode", .string(options.visibility.rawValue)),
            JSON.Member("rule", .string(options.rule.id)),
            JSON.Member("poll_after_ms", .number(Double(options.pollAfter))),
            JSON.Member("class", dashboard.classJSON(isWithheld: isWithheld)),
            JSON.Member("students", .array(isAggregate ? [] : dashboard.students.map(\.json))),
        ]
        let hash = JSON.object(members).bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        etag = "\"\(String(hash, radix: 16))\""
    }

    func json(at now: Timestamp) -> JSON {
        .object(members.prefix(3) + [JSON.Member("generated_at", .string(now.text))] + members.dropFirst(3))
    }
}

extension Dashboard {
    /// - Parameter isWithheld: too few students are seen for figures that are nobody's.
    fileprivate func classJSON(isWithheld: Bool) -> JSON {
        func figure(_ value: Double?) -> JSON { isWithheld ? .null : .rounded(value) }
        func line(_ values: [Double?]) -> JSON { .array(values.map(figure)) }
        return [
            "students": .number(Double(classNow.students)), "present": .number(Double(classNow.present)),
            "median": figure(classNow.median), "q1": figure(classNow.q1), "q3": figure(classNow.q3),
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
