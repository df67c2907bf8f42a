import HTTP
import StrictJSON
import Timelines

extension Service {
    static let sessionEndpoints: [Endpoint] = [
        Endpoint(
            method: "POST", path: "/v1/classes/{class}/sessions", id: "startSession", summary: "Starts a lesson.",
            access: .staff, body: .json(schema: "NewSession"),
            answers: [.init(status: 201, description: "the session", schema: "Session")],
            errors: [.sessionExists],
            action: .now { service, call in
                let fields = try Fields(call.body, allowed: ["id", "title"])
                let session = try service.store.createSession(
                    try fields.optionalIdentifier("id") ?? randomIdentifier(), in: call.parameter("class"),
                    title: try fields.label("title"), at: service.options.now())
                return .json(session.json, status: 201)
            }),
        Endpoint(
            method: "GET", path: "/v1/classes/{class}/sessions", id: "listSessions", summary: "Lessons, newest first.",
            access: .anyToken, query: pageQuery,
            answers: [.init(status: 200, description: "a page", schema: "Sessions")],
            action: .now { service, call in
                let page = try service.store.sessions(
                    in: call.parameter("class"), limit: try call.query.limit(), after: call.query["cursor"])
                return .page("sessions", page, \.json)
            }),
        Endpoint(
            method: "GET", path: "/v1/sessions/{session}", id: "getSession", summary: "One lesson.", access: .anyToken,
            answers: [.init(status: 200, description: "the session", schema: "Session")],
            action: .now { service, call in .json(try service.session(of: call).json) }),
        Endpoint(
            method: "POST", path: "/v1/sessions/{session}/end", id: "endSession",
            summary: "Ends a lesson; frames are refused from then on. Ending it again changes nothing.", access: .staff,
            answers: [.init(status: 200, description: "the session", schema: "Session")],
            action: .now { service, call in
                let session = try service.session(of: call)
                let ended = try service.store.endSession(session.id, at: service.options.now())
                service.dashboards.invalidate(session.id)
                return .json(ended.json)
            }),
    ]

    /// The session of the path.
    /// - Throws: `session_not_found`; `forbidden` where the token is bound to another class.
    func session(of call: Call) throws -> SessionRecord {
        let session = try store.session(call.parameter("session"))
        try call.principal?.check(class: session.classID)
        return session
    }
}
