import Imaging
import Inference
import Tensor

/// A network ready to run, owned by one thread: a `Session`, or in tests outputs made by hand.
public protocol Network {
    /// Shapes are ONNX's own, for pictures [N, C, H, W].
    func run(_ input: Tensor) throws -> [String: Tensor]
}

extension Session: Network {}

extension Tensor {
    /// [N, 1, side, side] with the grey levels 0…255 of N crops, each of `side` × `side` pixels.
    init(crops: [GreyImage], side: Int) {
        precondition(crops.allSatisfy { $0.width == side && $0.height == side }, "crops of \(side) × \(side) pixels")
        let values = [Float](unsafeUninitializedCapacity: crops.count * side * side) { target, count in
            for crop in crops {
                for level in crop.pixels {
                    target[count] = Float(level)
                    count += 1
                }
            }
        }
        self.init(shape: [crops.count, 1, side, side], values: values)
    }
}

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
