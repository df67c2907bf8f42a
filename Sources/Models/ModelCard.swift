/// What is published of a bundled model: written by the export script beside the weights.
public struct ModelCard: Codable, Sendable, Hashable {
    public let name: String
    /// Hex SHA-256 of the ONNX file.
    public let sha256: String
    /// `expression`, `face-detection` or `face-refinement`.
    public let task: String
    public let input: Input
    /// Class names in the order of the output; nil for other tasks.
    public let labels: [String]?
    public let parameters: Int
    public let trainedOn: [String]
    /// Figures measured by the export script on the validation data.
    public let metrics: [String: Double]
    /// How outputs become faces; nil for the classifier.
    public let decode: Decode?

    public struct Input: Codable, Sendable, Hashable {
        public let name: String
        /// Grey values of the input.
        public let range: [Double]
    }

    public struct Decode: Codable, Sendable, Hashable {
        /// Least confidence of a face, 0…1.
        public let scoreThreshold: Double
        /// Two faces that overlap by more than this (intersection over union) are one; of the detector only.
        public let nmsIoU: Double?
        /// Least confidence with which the detector proposes a face to the second stage, 0…1; of that only.
        public let proposalThreshold: Double?

        enum CodingKeys: String, CodingKey {
            case scoreThreshold = "score_threshold"
            case nmsIoU = "nms_iou"
            case proposalThreshold = "proposal_threshold"
        }
    }

    enum CodingKeys: String, CodingKey {
        case name, sha256, task, input, labels, parameters, metrics, decode
        case trainedOn = "trained_on"
    }

    /// `name@first 8 hex digits of the SHA-256`, stored with every reading.
    public var version: String { "\(name)@\(sha256.prefix(8))" }
}
