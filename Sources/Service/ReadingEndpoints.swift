import Concentration
import HTTP
import StrictJSON
import Timelines

extension Service {
    static let readingEndpoints: [Endpoint] = [
        Endpoint(
            method: "GET", path: "/v1/sessions/{session}/students/{student}/timeline", id: "getTimeline",
            summary: "One student's frames, or windows of 10 or 60 seconds, in order of time.",
            access: .staffAndStudent,
            query: pageQuery + [
                .init(name: "from", schema: Schemas.time, description: "what ends after it"),
                .init(name: "to", schema: Schemas.time, description: "what starts before it"),
                .init(
                    name: "resolution", schema: ["type": "string", "enum": ["frame", "10s", "60s"], "default": "10s"],
                    description: "single frames or windows"),
            ],
            answers: [.init(status: 200, description: "a page", schema: "Timeline")],
            action: .now { service, call in try service.timeline(call) }),
        Endpoint(
            method: "GET", path: "/v1/sessions/{session}/students/{student}/report", id: "getReport",
            summary: "One student's report of a lesson.", access: .staffAndStudent,
            answers: [.init(status: 200, description: "the report", schema: "Report")],
            action: .now { service, call in
                try service.checkVisible(call)
                let report = try service.store.report(
                    session: try service.session(of: call).id, student: call.parameter("student"),
                    rule: service.options.rule,
                    at: service.options.now())
                return .json(report.json(rule: service.options.rule))
            }),
        Endpoint(
            method: "GET", path: "/v1/classes/{class}/students/{student}/report", id: "getClassReport",
            summary: "One student's report over all lessons of the class.", access: .staffAndStudent,
            answers: [.init(status: 200, description: "the report", schema: "Report")],
            action: .now { service, call in
                try service.checkVisible(call)
                let report = try service.store.report(
                    class: call.parameter("class"), student: call.parameter("student"), rule: service.options.rule,
                    at: service.options.now())
                return .json(report.json(rule: service.options.rule))
            }),
    ]

    private func timeline(_ call: Call) throws -> Response {
        try checkVisible(call)
        let query = call.query
        let (from, to, limit) = (try query.time("from"), try query.time("to"), try query.limit())
        let name = query["resolution"] ?? "10s"
        let (session, student) = (try session(of: call).id, call.parameter("student"))
        let (list, elements, next): (String, [JSON], String?)
        switch name {
        case "frame":
            let page = try store.frames(
                session: session, student: student, from: from, to: to, limit: limit, after: query["cursor"])
            (list, elements, next) = ("frames", page.elements.map(\.json), page.next)
        case "10s", "60s":
            let page = try store.timeline(
                session: session, student: student, resolution: name == "10s" ? .tenSeconds : .minute,
                rule: options.rule,
                from: from, to: to, limit: limit, after: query["cursor"])
            (list, elements, next) = ("windows", page.elements.map(\.json), page.next)
        default: throw APIError(.invalidQuery, "\"resolution\" must be frame, 10s or 60s")
        }
        return .json(
            .object([
                JSON.Member("session", .string(session)), JSON.Member("student", .string(student)),
                JSON.Member("resolution", .string(name)), JSON.Member(list, .array(elements)),
                JSON.Member("next", .text(next)),
            ]))
    }

    /// In aggregate visibility only students see individual figures: their own.
    private func checkVisible(_ call: Call) throws(APIError) {
        guard options.visibility == .individual || call.principal?.role == .student else {
            throw APIError(.forbidden, "this server shows class figures only")
        }
    }
}
