import Dashboard
import HTTP

extension Service {
    /// The web pages: files inside the binary, with their own strict headers.
    static let pageEndpoints: [Endpoint] = [
        Endpoint(
            method: "GET", path: "/", id: "home", summary: "Leads to the dashboard.", access: .open,
            answers: [.init(status: 302, description: "to /dashboard")],
            action: .now { _, _ in Response(status: 302, headers: ["Location": Dashboard.home]) }),
        page("/dashboard", "dashboardPage", "The teacher's page."),
        page("/report", "reportPage", "One student's report."),
        page("/join", "joinPage", "The student's page: consent and camera."),
        page("/favicon.ico", "icon", "The icon.", contentType: "image/svg+xml"),
        page("/assets/{*file}", "asset", "A script, style or picture of the pages.", contentType: "*/*"),
    ]

    private static func page(_ path: String, _ id: String, _ summary: String, contentType: String = "text/html")
        -> Endpoint
    {
        Endpoint(
            method: "GET", path: path, id: id, summary: summary, access: .open,
            headers: [.init(name: "If-None-Match", description: "the ETag of a copy at hand")],
            answers: [
                .init(status: 200, description: "the file", contentType: contentType),
                .init(status: 304, description: "the copy is current"),
            ],
            errors: [.notFound],
            action: .now { _, call in
                guard let asset = Dashboard.asset(path: call.head.path) else {
                    throw APIError(.notFound, "nothing is at this path")
                }
                let headers = Headers([("Content-Type", asset.contentType)] + asset.headers.map { ($0.name, $0.value) })
                return Response.isUnchanged(call.head, etag: asset.etag)
                    ? Response(status: 304, headers: headers)
                    : Response(status: 200, headers: headers, body: .bytes(asset.bytes))
            })
    }
}
