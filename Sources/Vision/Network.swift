import Inference
import Tensor

/// A network ready to run, owned by one thread: a `Session`, or in tests outputs made by hand.
public protocol Network {
    /// Shapes are ONNX's own, for pictures [N, C, H, W].
    func run(_ input: Tensor) throws -> [String: Tensor]
}

extension Session: Network {}

/// A network whose outputs are not what its task asks for.
public enum VisionError: Error, Sendable, Hashable, CustomStringConvertible {
    case missingOutput(name: String, found: [String])
    case wrongShape(output: String, found: [Int], expected: [Int])
    /// A probability that is not a number.
    case notFinite(output: String)

    public var description: String {
        switch self {
        case .missingOutput(let name, let found): "the network has no output '\(name)', only \(found)"
        case .wrongShape(let output, let found, let expected): "output '\(output)' is \(found), expected \(expected)"
        case .notFinite(let output): "output '\(output)' holds values that are no numbers"
        }
    }
}
