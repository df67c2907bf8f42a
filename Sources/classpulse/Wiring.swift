import ArgumentParser
import Concentration
import FoundationEssentials
import HTTP
import Service
import Settings

/// What each module needs of the settings.
extension Settings {
    var inferenceThreadCount: Int {
        inferenceThreads > 0 ? inferenceThreads : ProcessInfo.processInfo.activeProcessorCount
    }

    /// The rule of the settings' file, else the embedded one of the mode.
    /// - Throws: `ValidationError` with the setting's name for a file that cannot be read, is no rule, or is none for the mode.
    func scoringRule() throws -> ScoringRule {
        guard !scoringFile.isEmpty else { return mode == "presence" ? .presence : .convention }
        guard let data = try? Data(contentsOf: URL(filePath: scoringFile)) else {
            throw ValidationError("setting scoring.file: \(scoringFile) cannot be read")
        }
        let rule: ScoringRule
        do {
            rule = try ScoringRule(parsing: Array(data))
        } catch {
            throw ValidationError("setting scoring.file: \(scoringFile): \(error)")
        }
        guard mode != "presence" || rule.weights == nil else {
            throw ValidationError(
                "setting scoring.file: \(scoringFile) weighs expressions, of which mode presence reads none")
        }
        return rule
    }

    func serviceOptions(rule: ScoringRule) -> ServiceOptions {
        var options = ServiceOptions()
        options.version = ClassPulse.configuration.version
        options.rule = rule
        options.visibility = ServiceOptions.Visibility(rawValue: visibility) ?? .individual
        options.minimumGroupSize = minimumGroupSize
        options.pollAfter = pollAfter
        options.clockSkew = Int64(clockSkew * 1000)
        options.oldestFrame = Int64(oldestFrame * 3_600_000)
        options.studentRequests = studentRequests
        options.jsonLimit = jsonBytes
        options.pictureLimit = imageBytes
        options.multipartLimit = multipartBytes
        options.multipartParts = multipartParts
        options.adminToken = adminToken.isEmpty ? nil : TokenSecret(adminToken)
        return options
    }

    var serverConfiguration: ServerConfiguration {
        // In the order of `Lane`.
        var configuration = ServerConfiguration(lanes: [
            .init(name: "quick", threads: quickThreads, queueLimit: quickQueue),
            .init(name: "inference", threads: inferenceThreadCount, queueLimit: inferenceQueue),
            .init(name: "changes", threads: quickThreads, queueLimit: quickQueue),
        ])
        configuration.host = host
        configuration.port = UInt16(clamping: port)
        configuration.connectionLimit = connections
        configuration.parserLimits.requestLine = lineBytes
        configuration.parserLimits.fieldBytes = headerBytes
        configuration.parserLimits.fieldCount = headerCount
        configuration.deadlines.head = .seconds(headTimeout)
        configuration.deadlines.body = .seconds(bodyTimeout)
        configuration.deadlines.write = .seconds(writeTimeout)
        configuration.deadlines.idle = .seconds(idleTimeout)
        return configuration
    }
}
