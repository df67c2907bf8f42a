import Imaging
import Tensor

/// Reads the expression of cropped faces. Owned by one thread, like its network.
public final class ExpressionReader {
    public static let classes = 7
    private let network: any Network

    /// A classifier: float32 [N, 1, 48, 48], grey levels 0…255, to [N, 7] probabilities, its only output.
    public init(_ network: any Network) { self.network = network }

    /// Seven probabilities for each crop of 48 × 48 pixels, in the order angry, disgust, fear, happy, sad, surprise,
    /// neutral. Crops of another size are a programmer's error.
    public func read(_ crops: [GreyImage]) throws -> [[Double]] {
        if crops.isEmpty { return [] }
        let outputs = try network.run(Tensor(crops: crops, side: FaceFraming.side))
        guard outputs.count == 1, let (name, output) = outputs.first else {
            throw VisionError.missingOutput(name: "the only one", found: outputs.keys.sorted())
        }
        let expected = [crops.count, Self.classes]
        guard output.shape == expected else {
            throw VisionError.wrongShape(output: name, found: output.shape, expected: expected)
        }
        guard output.values.allSatisfy(\.isFinite) else { throw VisionError.notFinite(output: name) }
        return crops.indices.map { row in
            output.values[row * Self.classes..<(row + 1) * Self.classes].map(Double.init)
        }
    }
}
