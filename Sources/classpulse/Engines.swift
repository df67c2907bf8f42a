import Analysis
import Inference
import ModelFiles
import Models
import Vision

/// The bundled networks, checked and planned once; every worker gets sessions of its own.
struct Engines: Sendable {
    let classifier: ModelCard
    let detector: ModelCard
    private let classifierPlan: Plan
    private let detectorPlan: Plan

    init() throws {
        let (classifier, detector) = (try BundledModel.classifier(), try BundledModel.detector())
        (self.classifier, self.detector) = (classifier.card, detector.card)
        classifierPlan = try Plan(ONNXModel.graph(classifier.bytes))
        detectorPlan = try Plan(ONNXModel.graph(detector.bytes))
    }

    /// Stored with every report: both networks' names and the beginnings of their check sums.
    var model: String { "\(classifier.version)+\(detector.version)" }

    func faceDetector() -> FaceDetector {
        var settings = FaceDetector.Settings()
        if let decode = detector.decode {
            settings = FaceDetector.Settings(threshold: decode.scoreThreshold, overlap: decode.nmsIoU)
        }
        return FaceDetector(Session(detectorPlan), settings: settings)
    }

    /// An analyzer for one worker thread.
    func frameAnalyzer(_ settings: AnalysisSettings) -> FrameAnalyzer {
        FrameAnalyzer(
            detector: faceDetector(), reader: ExpressionReader(Session(classifierPlan)), settings: settings)
    }
}
