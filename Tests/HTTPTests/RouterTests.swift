import Testing

@testable import HTTP

@Suite struct RouterTests {
    static let router: Router<String> = {
        var router = Router<String>()
        router.add("GET", [], "root")
        router.add("GET", ["v1", "classes"], "classes")
        router.add("POST", ["v1", "classes"], "create")
        router.add("GET", ["v1", "classes", ":class"], "class")
        router.add("GET", ["v1", "classes", "mine"], "mine")
        router.add("DELETE", ["v1", "classes", ":class"], "delete")
        router.add("PUT", ["v1", "classes", ":class", "students", ":student"], "student")
        router.add("PATCH", ["v1", ":kind", "x", ":other"], "patch")
        router.add("GET", ["assets", "*path"], "asset")
        router.add("OPTIONS", ["cors"], "cors")
        return router
    }()

    /// `endpoint name=value…` or the status with Allow.
    static func answer(_ method: String, _ target: String) throws -> String {
        switch router.match(try RequestHead(method: method, target: target)) {
        case .found(let endpoint, let parameters):
            ([endpoint] + parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        case .notFound: "404"
        case .methodNotAllowed(let allow): "405 \(allow)"
        case .options(let allow): "204 \(allow)"
        }
    }

    @Test(arguments: [
        ("GET", "/", "root"), ("HEAD", "/", "root"), ("GET", "/?x=1", "root"), ("GET", "/v1/classes", "classes"),
        ("POST", "/v1/classes", "create"), ("GET", "/v1/classes/7b", "class class=7b"),
        ("GET", "/v1/classes/mine", "mine"), ("DELETE", "/v1/classes/mine", "delete class=mine"),
        ("PUT", "/v1/classes/a%20b/students/%C3%A9", "student class=a b student=é"),
        ("PATCH", "/v1/classes/x/9", "patch kind=classes other=9"), ("GET", "/assets/a.js", "asset path=a.js"),
        ("GET", "/assets/a/b.js", "asset path=a/b.js"), ("OPTIONS", "/cors", "cors"),
        ("GET", "/v2", "404"), ("GET", "/v1", "404"), ("GET", "/v1/classes/", "404"), ("GET", "//", "404"),
        ("GET", "/assets", "404"), ("GET", "/assets/", "404"), ("GET", "/assets//a", "404"),
        ("GET", "/V1/classes", "404"), ("OPTIONS", "/v2", "404"),
        ("PUT", "/v1/classes", "405 GET, HEAD, OPTIONS, POST"), ("get", "/", "405 GET, HEAD, OPTIONS"),
        ("POST", "/v1/classes/mine", "405 DELETE, GET, HEAD, OPTIONS"),
        ("GET", "/v1/classes/a/students/b", "405 OPTIONS, PUT"), ("BREW", "/assets/a", "405 GET, HEAD, OPTIONS"),
        ("OPTIONS", "/v1/classes", "204 GET, HEAD, OPTIONS, POST"),
        ("OPTIONS", "/", "204 GET, HEAD, OPTIONS"),
        ("OPTIONS", "*", "204 DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),
    ])
    func match(method: String, target: String, expected: String) throws {
        #expect(try Self.answer(method, target) == expected)
    }
}
