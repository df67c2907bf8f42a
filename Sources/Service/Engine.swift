import Concentration
import StrictJSON
import Threads

/// What analysing a picture gave.
public struct Analysed<Reading: Sendable>: Sendable {
    public var reading: Reading
    public var timing: Timing
    public init(_ reading: Reading, _ timing: Timing) { (self.reading, self.timing) = (reading, timing) }
}

/// Reads pictures; used by one thread at a time. Throws `APIError` for pictures that cannot be decoded.
public protocol PictureAnalyzer: Sendable {
    /// One student's picture. With `cropped` the whole picture is the face.
    func student(_ picture: [UInt8], cropped: Bool) throws -> Analysed<FrameReading>
    /// A picture of several people: one reading for each face.
    func group(_ picture: [UInt8]) throws -> Analysed<[FrameReading]>
}

/// The warm models, ready for the inference lane: one analyzer for each of its threads.
public final class Engine: Sendable {
    /// Stored with every report: `name@first 8 hex digits` of each network.
    public let model: String
    /// The answer of `GET /v1/model`.
    public let description: JSON
    private let idle: Monitor<[any PictureAnalyzer]>

    /// - Parameter analyzers: as many as the inference lane has threads.
    public init(model: String, description: JSON, analyzers: [any PictureAnalyzer]) {
        (self.model, self.description) = (model, description)
        idle = Monitor(analyzers)
    }

    /// Lends an analyzer to `body`.
    func withAnalyzer<Result>(_ body: (any PictureAnalyzer) throws -> Result) throws -> Result {
        guard let analyzer = idle.withLock({ $0.popLast() }) else {
            throw APIError(.overloaded, "every analyzer is in use")
        }
        defer { idle.withLock { $0.append(analyzer) } }
        return try body(analyzer)
    }
}
