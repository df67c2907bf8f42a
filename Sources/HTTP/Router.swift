/// Finds the endpoint of a method and path. A literal segment goes before a parameter; HEAD falls back to GET.
///
/// Patterns are lists of segments: `v1` is literal, `:session` takes any one non-empty segment, and `*rest` as the
/// last segment takes one or more non-empty segments, joined by `/`.
public struct Router<Endpoint: Sendable>: Sendable {
    public enum Match: Sendable {
        case found(Endpoint, parameters: [String: String])
        /// 404
        case notFound
        /// 405, with the value of Allow.
        case methodNotAllowed(allow: String)
        /// An OPTIONS request that no endpoint was added for: 204, with the value of Allow.
        case options(allow: String)
    }

    private struct Route: Sendable {
        var endpoint: Endpoint
        /// Names of the parameters, in the order of the path.
        var names: [String]
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var rest: Int?
        var routes: [String: Route] = [:]
    }

    private var nodes = [Node()]

    public init() {}

    public mutating func add(_ method: String, _ pattern: [String], _ endpoint: Endpoint) {
        var (node, names) = (0, [String]())
        for segment in pattern {
            switch segment.first {
            case ":": node = child(of: node, at: \.parameter)
            case "*": node = child(of: node, at: \.rest)
            default:
                node = child(of: node, at: \.literals[segment])
                continue
            }
            names.append(String(segment.dropFirst()))
        }
        nodes[node].routes[method] = Route(endpoint: endpoint, names: names)
    }

    private mutating func child(of node: Int, at place: WritableKeyPath<Node, Int?>) -> Int {
        if let child = nodes[node][keyPath: place] { return child }
        nodes.append(Node())
        nodes[node][keyPath: place] = nodes.count - 1
        return nodes.count - 1
    }

    /// `OPTIONS *` asks for the server as a whole (RFC 9110 §9.3.7).
    public func match(_ head: RequestHead) -> Match {
        if head.method == "OPTIONS", head.target == "*" { return .options(allow: allow(nodes)) }
        return match(method: head.method, path: head.path)
    }

    public func match(method: String, path: [String]) -> Match {
        var reached: [Node] = []
        for (node, values) in terminals(from: 0, path[...]) {
            let routes = nodes[node].routes
            if let route = routes[method] ?? (method == "HEAD" ? routes["GET"] : nil) {
                let parameters = Dictionary(zip(route.names, values)) { $1 }
                return .found(route.endpoint, parameters: parameters)
            }
            if !routes.isEmpty { reached.append(nodes[node]) }
        }
        if reached.isEmpty { return .notFound }
        return method == "OPTIONS" ? .options(allow: allow(reached)) : .methodNotAllowed(allow: allow(reached))
    }

    /// The nodes where the path may end, best first, with the values of their parameters.
    private func terminals(from node: Int, _ path: ArraySlice<String>) -> [(node: Int, values: [String])] {
        guard let segment = path.first else { return [(node, [])] }
        var found: [(node: Int, values: [String])] = []
        if let literal = nodes[node].literals[segment] { found += terminals(from: literal, path.dropFirst()) }
        if let parameter = nodes[node].parameter, !segment.isEmpty {
            found += terminals(from: parameter, path.dropFirst()).map { ($0.node, [segment] + $0.values) }
        }
        if let rest = nodes[node].rest, !path.contains("") { found.append((rest, [path.joined(separator: "/")])) }
        return found
    }

    private func allow(_ nodes: [Node]) -> String {
        var methods = Set(nodes.flatMap(\.routes.keys))
        methods.insert("OPTIONS")
        if methods.contains("GET") { methods.insert("HEAD") }
        return methods.sorted().joined(separator: ", ")
    }
}
