import CModels
import Crypto
import FoundationEssentials

/// One of the networks inside the binary.
public struct BundledModel: Sendable {
    public let card: ModelCard
    /// The ONNX file.
    public let bytes: [UInt8]

    /// DS-EfficientNet: float32 `[N, 1, 48, 48]` grey 0…255 → `[N, 7]` probabilities.
    public static func classifier() throws(BundledModelError) -> BundledModel {
        try BundledModel(
            "ds-efficientnet",
            onnx: cmodels_classifier, card: cmodels_classifier_card)
    }

    /// The face detector: float32 `[N, 1, H, W]` grey 0…255 → scores, boxes and landmarks per stride.
    public static func detector() throws(BundledModelError) -> BundledModel {
        try BundledModel(
            "face-detector",
            onnx: cmodels_detector, card: cmodels_detector_card)
    }

    /// The second stage: float32 `[N, 1, 64, 64]` grey 0…255 → `score` and `points` of one face each.
    public static func refiner() throws(BundledModelError) -> BundledModel {
        try BundledModel(
            "face-refiner",
            onnx: cmodels_refiner, card: cmodels_refiner_card)
    }

    private init(_ name: String, onnx: cmodels_file, card: cmodels_file) throws(BundledModelError) {
        try self.init(
            name, onnx: UnsafeRawBufferPointer(start: onnx.bytes, count: onnx.size),
            card: UnsafeRawBufferPointer(start: card.bytes, count: card.size))
    }

    /// Checks the weights against the SHA-256 of their card.
    init(_ name: String, onnx: UnsafeRawBufferPointer, card: UnsafeRawBufferPointer) throws(BundledModelError) {
        do {
            self.card = try JSONDecoder().decode(ModelCard.self, from: Data(card))
        } catch {
            throw .unreadableCard(model: name, reason: "\(error)")
        }
        let found = SHA256.hash(data: onnx).map { byte in
            let hex = String(byte, radix: 16)
            return byte < 16 ? "0" + hex : hex
        }.joined()
        guard found == self.card.sha256 else {
            throw .wrongChecksum(model: name, expected: self.card.sha256, found: found)
        }
        bytes = [UInt8](onnx)
    }
}

public enum BundledModelError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadableCard(model: String, reason: String)
    case wrongChecksum(model: String, expected: String, found: String)

    public var description: String {
        switch self {
        case .unreadableCard(let model, let reason):
            "the card of the bundled model \(model) cannot be read: \(reason)"
        case .wrongChecksum(let model, let expected, let found):
            "the bundled model \(model) is damaged: SHA-256 \(found), expected \(expected)"
        }
    }
}
