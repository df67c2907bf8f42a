import Analysis
import Inference
import ModelFiles
import Models
import Vision

/// The bundled networks, checked and planned once; every worker gets sessions of its own.
struct Engines: Sendable {
    let classifier: ModelCard
    let detector: ModelCard
    let refiner: ModelCard
    private let precision: Precision
    private let classifierPlan: Plan
    private let detectorPlan: Plan
    private let refinerPlan: Plan

    /// - Parameter precision: of the classifier; the detector's two networks are always float32.
    init(precision: Precision = .float32) throws {
        self.precision = precision
        let classifier = try BundledModel.classifier()
        let (detector, refiner) = (try BundledModel.detector(), try BundledModel.refiner())
        (self.classifier, self.detector, self.refiner) = (classifier.card, detector.card, refiner.card)
        classifierPlan = try Plan(ONNXModel.graph(classifier.bytes), precision: precision)
        detectorPlan = try Plan(ONNXModel.graph(detector.bytes))
        refinerPlan = try Plan(ONNXModel.graph(refiner.bytes))
    }

    /// Stored with every report: the networks' names and the beginnings of their check sums, and what is not float32.
    var model: String {
        let numbers = precision == .float32 ? "" : "/\(precision.rawValue)"
        return "\(classifier.version)\(numbers)+\(detector.version)+\(refiner.version)"
    }

    func faceDetector() -> FaceDetector {
        var settings = FaceDetector.Settings()
        if let decode = detector.decode {
            settings.threshold = decode.scoreThreshold
            settings.overlap = decode.nmsIoU ?? settings.overlap
        }
        var second = FaceRefiner.Settings()
        if let decode = refiner.decode {
            second.threshold = decode.scoreThreshold
            second.proposalThreshold = decode.proposalThreshold ?? second.proposalThreshold
        }
        return FaceDetector(
            Session(detectorPlan), settings: settings, refiner: FaceRefiner(Session(refinerPlan), settings: second))
    }

    /// An analyzer for one worker thread.
    func frameAnalyzer(_ settings: AnalysisSettings) -> FrameAnalyzer {
        FrameAnalyzer(
            detector: faceDetector(), reader: ExpressionReader(Session(classifierPlan)), settings: settings)
    }
}
