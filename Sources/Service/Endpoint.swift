import HTTP
import StrictJSON

/// One row of the route table: what the router, the access check and `/openapi.json` know of an operation.
struct Endpoint: Sendable {
    let method: String
    /// `/v1/classes/{class}`; a parameter stands for one segment, `{*name}` for the rest of the path.
    let path: String
    /// `operationId` of the description.
    let id: String
    let summary: String
    var access: Access
    var query: [QueryParameter] = []
    var headers: [HeaderParameter] = []
    var body: RequestBody = .none
    let answers: [Answer]
    /// What it may answer beyond the errors that follow from its other properties.
    var errors: [APIError.Code] = []
    let action: Action

    enum Access: Sendable, Hashable {
        case open
        case roles(Set<Role>)

        static let anyToken = Access.roles(Set(Role.allCases))
        static let admin = Access.roles([.admin])
        static let staff = Access.roles([.admin, .teacher])
        static let staffAndIngest = Access.roles([.admin, .teacher, .ingest])
        static let staffAndStudent = Access.roles([.admin, .teacher, .student])
    }

    enum RequestBody: Sendable, Hashable {
        case none
        /// A JSON object by the schema of that name; where it is optional, a body may be absent.
        case json(schema: String, isOptional: Bool = false)
        /// A picture, or several as multipart/form-data where allowed.
        case pictures(multipart: Bool)
    }

    struct QueryParameter: Sendable {
        let name: String
        let schema: JSON
        let description: String
    }

    struct HeaderParameter: Sendable {
        let name: String
        let description: String
    }

    struct Answer: Sendable {
        let status: Int
        let description: String
        var contentType = "application/json"
        /// Name of a schema in `components`, nil for a body that is no JSON, or none.
        var schema: String?
    }

    enum Action: Sendable {
        /// Answers on the worker.
        case now(@Sendable (Service, Call) throws -> Response)
        /// Answers later, from another thread.
        case later(@Sendable (Service, Call, _ finish: @escaping @Sendable (Response) -> Void) throws -> Void)
    }

    /// Whether a query parameter that it does not know is an error: of the API it is, of pages and probes not.
    var refusesOtherQueries: Bool { path.hasPrefix("/v1/") }

    /// The workers that run it.
    var lane: Lane {
        if case .pictures = body { return .inference }
        return method == "GET" ? .quick : .changes
    }

    private var segments: [Substring] { path.split(separator: "/") }

    /// Names in braces, in order, without that of a rest of the path.
    var parameters: [String] {
        segments.filter { $0.hasPrefix("{") && !$0.hasPrefix("{*") }.map { String($0.dropFirst().dropLast()) }
    }

    /// The pattern as `Router` has it: `:name` for `{name}`, `*name` for `{*name}`.
    var routerPattern: [String] {
        segments.map { segment in
            guard segment.hasPrefix("{") else { return String(segment) }
            let name = segment.dropFirst().dropLast()
            return name.hasPrefix("*") ? String(name) : ":" + name
        }
    }
}

/// Which workers run an endpoint. Pictures have their own, so that a full inference queue holds up nothing else, and so has
/// what changes the store: it waits for the writer, which is busy for long while an erasure rewrites the file.
public enum Lane: Int, Sendable, CaseIterable {
    case quick = 0
    case inference = 1
    case changes = 2
}

/// A checked request on its way to an endpoint.
struct Call: Sendable {
    let head: RequestHead
    let query: Query
    let body: [UInt8]
    /// Path parameters by name, each a valid identifier.
    let parameters: [String: String]
    /// Nil on open endpoints only.
    let principal: Principal?

    /// Who does it, in the words of the audit trail.
    var actor: String { principal?.tokenID.map { "token:\($0)" } ?? "settings" }

    /// A parameter of the endpoint's own path.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }
}
