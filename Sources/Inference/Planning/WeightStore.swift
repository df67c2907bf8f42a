import Kernels
import Threads

/// Packed weights by the node they belong to, made once and shared by the programs for all input shapes.
final class WeightStore: Sendable {
    enum Packed: Sendable {
        case dense(PackedWeights)
        case depthwise(Depthwise.Weights)

        var bytes: Int {
            switch self {
            case .dense(let weights): weights.bytes
            case .depthwise(let weights): weights.bytes
            }
        }
    }

    private let packed = Monitor<[String: Packed]>([:])

    func dense(_ key: String, make: () -> PackedWeights) -> PackedWeights {
        if case .dense(let weights)? = packed.withLock({ $0[key] }) { return weights }
        let weights = make()
        packed.withLock { $0[key] = .dense(weights) }
        return weights
    }

    func depthwise(_ key: String, make: () -> Depthwise.Weights) -> Depthwise.Weights {
        if case .depthwise(let weights)? = packed.withLock({ $0[key] }) { return weights }
        let weights = make()
        packed.withLock { $0[key] = .depthwise(weights) }
        return weights
    }

    /// Floats of one node's weights.
    func count(of key: String) -> Int { (packed.withLock { $0[key]?.bytes } ?? 0) / MemoryLayout<Float>.stride }

    var bytes: Int { packed.withLock { $0.values.reduce(0) { $0 + $1.bytes } } }
}
