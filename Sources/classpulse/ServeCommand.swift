import ArgumentParser
import Concentration
import FoundationEssentials
import Glibc
import HTTP
import Logging
import Service
import Settings
import Timelines

/// Wires settings, models, database, service and server, and runs until SIGTERM or SIGINT.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs the server.",
        discussion: "Settings for --set NAME=VALUE, the configuration file and the environment:\n\n" + Setting.helpText)

    @Option(help: ArgumentHelp("Address to listen on; 0.0.0.0 opens the server to the network.", valueName: "address"))
    var host: String?

    @Option(help: ArgumentHelp("Port to listen on; 0 lets the system choose.", valueName: "number"))
    var port: String?

    @Option(
        help: ArgumentHelp("How the classifier multiplies: float32, or int8 with AVX512-VNNI.", valueName: "name"))
    var precision: String?

    @OptionGroup var source: SettingsOptions

    func run() throws {
        let settings = try source.load(flags: ["host": host, "port": port, "precision": precision])
        let rule = try settings.scoringRule()
        let signals = StopSignals()
        let log = try LogQueue(descriptor: STDERR_FILENO)
        defer { log.drain(atMost: .seconds(2)) }
        let logger = makeLogger(settings, log)
        print(Notice.text + "\n")

        let store = try TimelineStore(path: settings.database)
        finishErasures(in: store, logger)
        let service = try Service(options: settings.serviceOptions(rule: rule), store: store, logger: logger)
        let server = try Server(configuration: settings.serverConfiguration, handler: service)
        service.observe { [weak server] in server?.statistics }
        let port = try server.start()
        try service.start()
        let address = Self.address(host: settings.host, port: port)
        logger.notice(
            "listening",
            metadata: [
                "address": "\(address)", "database": "\(settings.database)", "settings": "\(source.file ?? "defaults")",
            ])
        try welcome(address: address, token: try firstToken(store, service, settings))

        let engine = try EngineLoader(settings: settings, rule: rule).load()
        service.becomeReady(engine)
        logger.notice("ready", metadata: ["model": "\(engine.model)", "mode": "\(settings.mode)"])

        let signal = signals.wait()
        logger.notice("stopping", metadata: ["signal": "\(signal)"])
        service.stop()
        let isClean = server.stop(within: .seconds(settings.stopTimeout))
        store.close()
        logger.notice("stopped", metadata: ["clean": "\(isClean)"])
    }

    /// A stop may have come between an erasure and the rewriting of the file.
    private func finishErasures(in store: TimelineStore, _ logger: Logger) {
        do {
            guard try store.finishErasures() else { return }
            logger.notice("an erasure that was cut off is finished: the database is rewritten")
        } catch {
            logger.warning(
                "the file may hold copies of erased rows and could not be rewritten: run db vacuum",
                metadata: ["error": "\(error)"])
        }
    }

    /// Where a browser on this machine finds the server; an IPv6 address in brackets (RFC 3986, section 3.2.2).
    static func address(host: String, port: UInt16) -> String {
        let here = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
        return "http://\(here.contains(":") ? "[\(here)]" : here):\(port)"
    }

    /// A new admin token where the database has none that is valid and the settings give none; nil otherwise.
    private func firstToken(_ store: TimelineStore, _ service: Service, _ settings: Settings) throws -> String? {
        let now = ServiceOptions().now()
        let hasAdmin = try store.tokens().contains { $0.role == .admin && $0.isValid(at: now) }
        guard !hasAdmin && settings.adminToken.isEmpty else { return nil }
        return try service.tokens.create(role: .admin, class: nil, student: nil, label: "first start", actor: "command")
            .secret.text
    }

    private func welcome(address: String, token: String?) throws {
        print("Dashboard: \(address)/dashboard")
        if let token { print("Admin token, shown this once: \(token)") }
        print(
            """

            To try it, with any photo of a face:
              TOKEN=\(token ?? "…"); URL=\(address)
              call() { curl -sS -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "$@"; echo; }
              call $URL/v1/classes -d '{"id":"demo","name":"Demo"}'
              call $URL/v1/classes/demo/students/ada -X PUT -d '{"display_name":"Ada","consent":{"granted":true,"notice_version":"\(Notice.version)"}}'
              call $URL/v1/classes/demo/sessions -d '{"id":"lesson","title":"Lesson"}'
              curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: image/jpeg' --data-binary @photo.jpg $URL/v1/sessions/lesson/students/ada/frames
              call $URL/v1/sessions/lesson/students/ada/report

            """)
        fflush(nil)
    }

    private func makeLogger(_ settings: Settings, _ log: LogQueue) -> Logger {
        LoggingSystem.bootstrap { StreamLogHandler(label: $0, stream: log) }
        var logger = Logger(label: "classpulse")
        logger.logLevel = Logger.Level(rawValue: settings.logLevel) ?? .info
        return logger
    }
}

/// SIGTERM and SIGINT, blocked for the whole process as long as no other thread has started, and waited for here.
struct StopSignals {
    private var set = sigset_t()

    init() {
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    func wait() -> String {
        var (set, signal) = (set, Int32(0))
        sigwait(&set, &signal)
        return signal == SIGTERM ? "SIGTERM" : "SIGINT"
    }
}
