import HTTP
import StrictJSON

extension Service {
    /// Health, metrics, the description of the API, the notice, and who asks.
    static let systemEndpoints: [Endpoint] = [
        Endpoint(
            method: "GET", path: "/healthz", id: "health", summary: "The process answers.", access: .open,
            answers: [.init(status: 200, description: "ok", schema: "Status")],
            action: .now { _, _ in .json(["status": "ok"]) }),
        Endpoint(
            method: "GET", path: "/readyz", id: "readiness", summary: "Models are checked and warm.", access: .open,
            answers: [.init(status: 200, description: "ready", schema: "Status")], errors: [.notReady],
            action: .now { service, _ in
                _ = try service.readyEngine()
                return .json(["status": "ready"])
            }),
        Endpoint(
            method: "GET", path: "/metrics", id: "metrics", summary: "Figures in the Prometheus text format.",
            access: .open,
            answers: [.init(status: 200, description: "the figures", contentType: "text/plain")],
            action: .now { service, _ in
                Response(
                    status: 200, headers: ["Content-Type": MetricsPage.contentType],
                    body: .bytes(Array(service.metricsPage().text.utf8)))
            }),
        Endpoint(
            method: "GET", path: "/openapi.json", id: "description", summary: "This description.", access: .open,
            answers: [.init(status: 200, description: "OpenAPI 3.1", schema: "Document")],
            action: .now { service, _ in
                .json(OpenAPI.document(of: endpoints, service.options))
            }),
        Endpoint(
            method: "GET", path: "/v1/notice", id: "notice", summary: "What everybody must know before use.",
            access: .open,
            answers: [.init(status: 200, description: "the notice", schema: "Notice")],
            action: .now { _, _ in
                let translations = Notice.translations.sorted { $0.key < $1.key }
                return .json([
                    "version": .string(Notice.version), "text": .string(Notice.text),
                    "translations": .object(translations.map { JSON.Member($0.key, .string($0.value)) }),
                ])
            }),
        Endpoint(
            method: "GET", path: "/v1/me", id: "me", summary: "Role and bounds of the token.", access: .anyToken,
            answers: [.init(status: 200, description: "who asks", schema: "Me")],
            action: .now { service, call in .json(call.principal?.json(service.options.visibility) ?? .null) }),
        Endpoint(
            method: "GET", path: "/v1/model", id: "model", summary: "The models and the scoring rule in use.",
            access: .anyToken,
            answers: [.init(status: 200, description: "cards of the models", schema: "Model")], errors: [.notReady],
            action: .now { service, _ in .json(try service.readyEngine().description) }),
    ]

    private func metricsPage() -> MetricsPage {
        var page = MetricsPage()
        page.family("classpulse_build_info", .gauge, "The running version.")
        page.sample("classpulse_build_info", [("version", options.version)], 1)
        page.single(
            "classpulse_ready", .gauge, "1 once models are checked and warm.", engine.withLock { $0 == nil ? 0 : 1 })
        metrics.write(to: &page)
        if let read = statistics.withLock({ $0 }), let server = read() { page.write(server) }
        if let resident = residentMemory() {
            page.single("process_resident_memory_bytes", .gauge, "Resident memory.", Double(resident))
        }
        return page
    }
}

extension MetricsPage {
    mutating func write(_ server: ServerStatistics) {
        single("classpulse_connections_open", .gauge, "Open connections.", Double(server.openConnections))
        single("classpulse_connections_total", .counter, "Accepted connections.", Double(server.acceptedConnections))
        single(
            "classpulse_connections_refused_total", .counter, "Connections turned away.",
            Double(server.refusedConnections))
        single("classpulse_streams_open", .gauge, "Open event streams.", Double(server.openStreams))
        single("classpulse_received_bytes_total", .counter, "Bytes received.", Double(server.bytesReceived))
        single("classpulse_sent_bytes_total", .counter, "Bytes sent.", Double(server.bytesSent))
        family("classpulse_protocol_refusals_total", .counter, "Requests the protocol refused, by status.")
        for (status, count) in server.refusals.sorted(by: { $0.key < $1.key }) {
            sample("classpulse_protocol_refusals_total", [("status", String(status))], Double(count))
        }
        family("classpulse_queue_waiting", .gauge, "Requests that wait for a thread, by lane.")
        for lane in server.lanes { sample("classpulse_queue_waiting", [("lane", lane.name)], Double(lane.waiting)) }
        family("classpulse_queue_running", .gauge, "Requests being answered, by lane.")
        for lane in server.lanes { sample("classpulse_queue_running", [("lane", lane.name)], Double(lane.running)) }
        family("classpulse_queue_refused_total", .counter, "Requests refused because the queue was full, by lane.")
        for lane in server.lanes {
            sample("classpulse_queue_refused_total", [("lane", lane.name)], Double(lane.refused))
        }
    }
}
