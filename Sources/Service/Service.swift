import Concentration
import HTTP
import Logging
import StrictJSON
import Threads
import Timelines

/// Turns requests into rows and rows into answers: the application behind the HTTP server.
///
/// A request passes the same gates everywhere: route, token, role, content type and length before its body is read;
/// then, on a worker, path parameters, the session, and the endpoint's own checks.
public final class Service: Sendable {
    let options: ServiceOptions
    let store: TimelineStore
    public let tokens: TokenRegistry
    let logger: Logger
    let metrics = Metrics()
    let dashboards = DashboardCache()
    let events = EventHub()
    private let studentLimit: StudentLimit
    private let ticker = Monitor<Ticker?>(nil)
    let engine = Monitor<Engine?>(nil)
    let statistics = Monitor<(@Sendable () -> ServerStatistics?)?>(nil)

    static let endpoints: [Endpoint] =
        systemEndpoints + pageEndpoints + classEndpoints + studentEndpoints + sessionEndpoints + frameEndpoints
        + readingEndpoints
        + dashboardEndpoints
    private static let router: Router<Endpoint> = {
        var router = Router<Endpoint>()
        for endpoint in endpoints { router.add(endpoint.method, endpoint.routerPattern, endpoint) }
        return router
    }()

    public init(options: ServiceOptions, store: TimelineStore, logger: Logger) throws {
        (self.options, self.store, self.logger) = (options, store, logger)
        studentLimit = StudentLimit(options.studentRequests)
        tokens = try TokenRegistry(store: store, adminToken: options.adminToken)
    }

    /// Models are checked and warm: from now on frames are analysed.
    public func becomeReady(_ engine: Engine) { self.engine.withLock { $0 = engine } }

    /// Where `/metrics` finds the server's own figures.
    public func observe(_ statistics: @escaping @Sendable () -> ServerStatistics?) {
        self.statistics.withLock { $0 = statistics }
    }

    /// Starts what runs beside the requests: fresh tokens and events to the open streams, twice a second.
    /// - Throws: where no thread can be had.
    public func start() throws {
        let started = try Ticker(every: 500) { [weak self] in self?.tick() }
        ticker.withLock { $0 = started }
    }

    /// Ends that and the open streams.
    public func stop() {
        ticker.withLock { $0?.stop() }
        events.finishAll()
    }

    private func tick() {
        reloadTokens()
        events.tick(at: options.now(), isValid: tokens.isValid) { session in
            do {
                return try dashboard(session)
            } catch {
                logger.warning(
                    "a dashboard could not be read", metadata: ["session": "\(session)", "error": "\(error)"])
                return nil
            }
        }
    }

    /// Where that fails, the next tick tries again.
    func reloadTokens() {
        do {
            try tokens.reload()
        } catch {
            logger.warning("the tokens could not be read", metadata: ["error": "\(error)"])
        }
    }

    func readyEngine() throws(APIError) -> Engine {
        guard let engine = engine.withLock({ $0 }) else {
            throw APIError(.notReady, "the models are being loaded")
        }
        return engine
    }
}

extension Service: Handler {
    public func admit(_ head: RequestHead) -> Admission {
        let start = ContinuousClock.now
        do throws(APIError) {
            switch Self.router.match(head) {
            case .found(let endpoint, let parameters):
                let principal = try authorise(head, endpoint, parameters)
                let limit = try bodyLimit(of: endpoint, head)
                let place = endpoint.lane == .inference ? try studentLimit.enter(principal) : nil
                return .accept(lane: endpoint.lane.rawValue, bodyLimit: limit, held: place)
            case .options(let allow):
                return .refuse(Response(status: 204, headers: ["Allow": allow]))
            case .methodNotAllowed(let allow):
                let error = APIError(.methodNotAllowed, "\(head.method) is not possible here")
                return .refuse(refusal(error, head, start: start, headers: [("Allow", allow)]))
            case .notFound:
                throw APIError(.notFound, "nothing is at this path")
            }
        } catch {
            return .refuse(refusal(error, head, start: start))
        }
    }

    public func respond(to request: Request, reply: Reply) {
        let (start, head) = (request.received, request.head)
        guard case .found(let endpoint, let parameters) = Self.router.match(head) else { return }
        let finish: @Sendable (Response) -> Void = { [self] response in
            record(head, route: endpoint.path, status: response.status, start: start)
            reply(response)
        }
        do {
            let principal = try authorise(head, endpoint, parameters)
            let query = endpoint.refusesOtherQueries ? try Query(head, allowed: endpoint.query.map(\.name)) : Query()
            let call = Call(
                head: head, query: query, body: request.body, parameters: parameters, principal: principal)
            switch endpoint.action {
            case .now(let action): finish(try action(self, call))
            case .later(let action): try action(self, call, finish)
            }
        } catch {
            finish(.error(apiError(error, head), requestID: head.id))
        }
    }

    public func refusal(status: Int, code: String, message: String, requestID: UInt64, retryAfter: Int?) -> Response {
        logger.info("refused", metadata: ["request": "\(requestID)", "status": "\(status)", "code": "\(code)"])
        let error = APIError.json(
            code: code, message: message, requestID: String(requestID), retryable: retryAfter != nil)
        return .json(error, status: status, headers: retryAfter.map { [("Retry-After", String($0))] } ?? [])
    }
}

extension Service {
    /// - Throws: `unauthorized`, `forbidden`, or `invalid_identifier` for a path parameter.
    private func authorise(
        _ head: RequestHead, _ endpoint: Endpoint, _ parameters: [String: String]
    ) throws(APIError) -> Principal? {
        var principal: Principal?
        if case .roles(let roles) = endpoint.access {
            let found = try tokens.principal(of: head)
            guard roles.contains(found.role) else {
                throw APIError(.forbidden, "a token of role \(found.role.rawValue) may not do this")
            }
            principal = found
        }
        for name in endpoint.parameters {
            guard let value = parameters[name], !Text.isIdentifier(value) else { continue }
            throw APIError(.invalidIdentifier, "{\(name)} \(Text.identifierRule)")
        }
        try principal?.check(class: parameters["class"], student: parameters["student"])
        return principal
    }

    /// - Throws: `unsupported_media_type`, `body_too_large`, `not_ready`.
    private func bodyLimit(of endpoint: Endpoint, _ head: RequestHead) throws(APIError) -> Int {
        let limit: Int
        let type = head.headers["Content-Type"].map { ParameterizedValue($0)?.value ?? $0 }
        switch endpoint.body {
        // A client that always sends a body, such as `{}`, is not refused for it; it is read past.
        case .none: limit = head.method == "POST" ? options.jsonLimit : 0
        case .json:
            if let type, type != "application/json", head.hasBody {
                throw APIError(.unsupportedMediaType, "the body must be application/json, not \(type)")
            }
            limit = options.jsonLimit
        case .pictures(let multipart):
            switch type {
            case "image/jpeg", "image/png": limit = options.pictureLimit
            case "multipart/form-data" where multipart: limit = options.multipartLimit
            default:
                throw APIError(
                    .unsupportedMediaType,
                    "the body must be image/jpeg\(multipart ? ", image/png or multipart/form-data" : " or image/png")")
            }
            _ = try readyEngine()
        }
        if let length = head.contentLength, length > limit {
            throw APIError(.bodyTooLarge, "the body has \(length) bytes, at most \(limit) are accepted here")
        }
        return limit
    }

    /// What a client is told of an error; what it is not told is logged.
    func apiError(_ error: any Error, _ head: RequestHead) -> APIError {
        if let error = error as? APIError { return error }
        if let error = APIError(storeError: error) { return error }
        logger.error("request failed", metadata: ["request": "\(head.id)", "error": "\(error)"])
        return APIError(.internalError, "the request failed; the server's log says why")
    }

    private func refusal(
        _ error: APIError, _ head: RequestHead, start: ContinuousClock.Instant, headers: [(String, String)] = []
    ) -> Response {
        record(head, route: "refused", status: error.code.status, start: start)
        return .error(error, requestID: head.id, headers: headers)
    }

    /// Others are counted together: a client must not be able to grow the metrics.
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]

    private func record(_ head: RequestHead, route: String, status: Int, start: ContinuousClock.Instant) {
        let seconds = start.duration(to: .now) / .seconds(1)
        let method = Self.methods.contains(head.method) ? head.method : "other"
        metrics.answered(method: method, route: route, status: status, seconds: seconds)
        logger.info(
            "answered",
            metadata: [
                "request": "\(head.id)", "method": "\(head.method)", "route": "\(route)", "status": "\(status)",
                "ms": "\((seconds * 100_000).rounded() / 100)",
            ])
    }
}
