import Analysis
import Concentration
import FoundationEssentials
import Imaging
import Inference
import Service
import Settings
import StrictJSON
import Threads

/// Warms the bundled networks for every inference thread.
struct EngineLoader {
    let settings: Settings
    let rule: ScoringRule

    func load() throws -> Engine {
        let engines = try Engines(precision: Precision(rawValue: settings.precision) ?? .float32)
        let mode: AnalysisMode = settings.mode == "presence" ? .presence : .expression
        let analyzers = try (0..<settings.inferenceThreadCount).map { _ in
            let analyzer = engines.frameAnalyzer(analysisSettings)
            try analyzer.warmUp()
            return WorkerAnalyzer(analyzer, mode: mode)
        }
        return Engine(
            model: engines.model,
            description: [
                "classifier": try json(engines.classifier), "detector": try json(engines.detector),
                "refiner": try json(engines.refiner), "scoring": scoring, "mode": .string(mode.rawValue),
            ],
            analyzers: analyzers)
    }

    private var analysisSettings: AnalysisSettings {
        var analysis = AnalysisSettings(severalFacesShare: settings.severalFacesRatio)
        analysis.limits = ImageLimits(
            maxBytes: settings.imageBytes, maxPixels: settings.imagePixels, minSide: settings.imageSide)
        if settings.mode == "presence" { analysis.presenceRule = rule } else { analysis.expressionRule = rule }
        return analysis
    }

    /// The rule as its file has it, with its id as `rule`.
    private var scoring: JSON {
        guard case .object(let members) = rule.json else { return .null }
        return .object([JSON.Member("rule", .string(rule.id))] + members)
    }

    private func json(_ value: some Encodable) throws -> JSON {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try JSON(parsing: Array(encoder.encode(value)))
    }
}

/// An analyzer that `Engine` lends to one thread at a time.
private final class WorkerAnalyzer: PictureAnalyzer {
    /// Not Sendable: the mutex makes sure of what `Engine` promises, and is never contended.
    private let analyzer: Monitor<FrameAnalyzer>
    private let mode: AnalysisMode

    init(_ analyzer: sending FrameAnalyzer, mode: AnalysisMode) {
        self.analyzer = Monitor(analyzer)
        self.mode = mode
    }

    func student(_ picture: [UInt8], cropped: Bool) throws -> Analysed<FrameReading> {
        try translatingErrors {
            let (reading, timing) = try analyzer.withLock { try $0.analyze(picture, mode: mode, cropped: cropped) }
            return Analysed(reading, timing)
        }
    }

    func group(_ picture: [UInt8]) throws -> Analysed<[FrameReading]> {
        try translatingErrors {
            let (readings, timing) = try analyzer.withLock { try $0.analyzeGroup(picture, mode: mode) }
            return Analysed(readings, timing)
        }
    }

    private func translatingErrors<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ImageError {
            guard let code = APIError.Code(rawValue: error.code) else { throw error }
            throw APIError(code, error.description)
        }
    }
}
