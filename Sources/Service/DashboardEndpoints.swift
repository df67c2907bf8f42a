import HTTP
import StrictJSON
import Timelines

extension Service {
    static let dashboardEndpoints: [Endpoint] = [
        Endpoint(
            method: "GET", path: "/v1/sessions/{session}/dashboard", id: "getDashboard",
            summary: "The lesson as it is now, for polling.", access: .staff,
            headers: [.init(name: "If-None-Match", description: "the ETag of the answer before")],
            answers: [
                .init(status: 200, description: "the dashboard", schema: "Dashboard"),
                .init(status: 304, description: "nothing has changed"),
            ],
            action: .now { service, call in
                let view = try service.dashboard(try service.session(of: call).id)
                let headers = [("ETag", view.etag)]
                if Response.isUnchanged(call.head, etag: view.etag) {
                    return Response(status: 304, headers: Headers(headers + [("Cache-Control", "private, no-cache")]))
                }
                var response = Response.json(bytes: view.bytes(at: service.options.now()), headers: headers)
                response.headers.set("Cache-Control", "private, no-cache")
                return response
            }),
        Endpoint(
            method: "GET", path: "/v1/sessions/{session}/events", id: "getEvents",
            summary: "Server-sent events: the dashboard whenever it changes.", access: .staff,
            answers: [.init(status: 200, description: "a stream of events", contentType: "text/event-stream")],
            action: .now { service, call in
                let session = try service.session(of: call).id
                let view = try service.dashboard(session)
                let stream = ResponseStream()
                if call.head.method == "HEAD" {
                    stream.finish()
                } else {
                    service.events.subscribe(
                        stream, to: session, as: call.principal, first: view, at: service.options.now())
                }
                return Response(
                    status: 200,
                    headers: [
                        "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
                    ],
                    body: .stream(stream))
            }),
    ]

    func dashboard(_ session: String) throws -> DashboardView {
        let now = options.now()
        return try dashboards.view(of: session, at: now) {
            DashboardView(try store.dashboard(session: session, rule: options.rule, at: now), options)
        }
    }
}
