import HTTP
import StrictJSON
import Timelines

extension Service {
    static let pageQuery: [Endpoint.QueryParameter] = [
        .init(
            name: "limit", schema: ["type": "integer", "minimum": 1, "maximum": 1000, "default": 100],
            description: "how many at most"),
        .init(name: "cursor", schema: ["type": "string"], description: "`next` of the page before"),
    ]

    static let classEndpoints: [Endpoint] = [
        Endpoint(
            method: "POST", path: "/v1/classes", id: "createClass", summary: "Makes a class.", access: .admin,
            body: .json(schema: "NewClass"),
            answers: [.init(status: 201, description: "the class", schema: "Class")],
            errors: [.invalidIdentifier, .classExists],
            action: .now { service, call in
                let fields = try Fields(call.body, allowed: ["id", "name"])
                let made = try service.store.createClass(
                    try fields.optionalIdentifier("id") ?? randomIdentifier(), name: try fields.label("name"),
                    at: service.options.now())
                return .json(made.json, status: 201)
            }),
        Endpoint(
            method: "GET", path: "/v1/classes", id: "listClasses",
            summary: "Classes in the order they were made; a token bound to a class sees that one.", access: .anyToken,
            query: pageQuery,
            answers: [.init(status: 200, description: "a page", schema: "Classes")],
            action: .now { service, call in
                let limit = try call.query.limit()
                if let bound = call.principal?.classID {
                    return .json(["classes": [try service.store.classRecord(bound).json], "next": nil])
                }
                return .page("classes", try service.store.classes(limit: limit, after: call.query["cursor"]), \.json)
            }),
        Endpoint(
            method: "GET", path: "/v1/classes/{class}", id: "getClass", summary: "One class.", access: .anyToken,
            answers: [.init(status: 200, description: "the class", schema: "Class")],
            action: .now { service, call in .json(try service.store.classRecord(call.parameter("class")).json) }),
    ]
}

extension Response {
    /// A page of a list.
    static func page<Element>(_ list: String, _ page: Page<Element>, _ json: (Element) -> JSON) -> Response {
        .json(.object([JSON.Member(list, .array(page.elements.map(json))), JSON.Member("next", .text(page.next))]))
    }
}
