import FoundationEssentials
import Testing

@testable import Models

@Suite struct BundledModelTests {
    @Test func bundledModelsMatchTheirCards() throws {
        let classifier = try BundledModel.classifier()
        #expect(classifier.card.name == "ds-efficientnet")
        #expect(classifier.card.labels == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"])
        #expect(classifier.card.parameters <= 1_749_300)
        #expect(classifier.card.version.hasPrefix("ds-efficientnet@"))
        #expect(classifier.bytes.count > 1_000_000)
        let detector = try BundledModel.detector()
        #expect(detector.card.name == "face-detector")
        #expect(detector.card.decode?.nmsIoU == 0.4)
        let refiner = try BundledModel.refiner()
        #expect(refiner.card.name == "face-refiner")
        let decode = try #require(refiner.card.decode)
        #expect(try #require(decode.proposalThreshold) < decode.scoreThreshold)
    }

    @Test func aChangedByteIsRefused() throws {
        let good = try BundledModel.classifier()
        var bytes = good.bytes
        bytes[bytes.count / 2] ^= 1
        let card = try JSONEncoder().encode(good.card)
        #expect(throws: BundledModelError.self) {
            try bytes.withUnsafeBytes { onnx in
                try card.withUnsafeBytes { try BundledModel("ds-efficientnet", onnx: onnx, card: $0) }
            }
        }
    }
}
