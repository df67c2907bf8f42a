import Kernels
import Threads

/// Packed weights by the node they belong to, made once and shared by the programs for all input shapes.
final class WeightStore: Sendable {
    /// By node and form.
    private let packed = Monitor<[String: [String: any PackedForm]]>([:])

    /// The weights of the node `key` in the form that `make` gives, which is called at most once for each form.
    func weights<Form: PackedForm>(_ key: String, make: () -> Form) -> Form {
        let form = "\(Form.self)"
        if let weights = packed.withLock({ $0[key]?[form] }) as? Form { return weights }
        let weights = make()
        packed.withLock { $0[key, default: [:]][form] = weights }
        return weights
    }

    /// Floats of one node's weights.
    func count(of key: String) -> Int {
        packed.withLock { $0[key]?.values.reduce(0) { $0 + $1.bytes } ?? 0 } / MemoryLayout<Float>.stride
    }

    var bytes: Int { packed.withLock { $0.values.reduce(0) { $1.values.reduce($0) { $0 + $1.bytes } } } }
}

/// Weights in the order in which one kind of kernel reads them.
protocol PackedForm: Sendable {
    var bytes: Int { get }
}

extension PackedWeights: PackedForm {}
extension Depthwise.Weights: PackedForm {}
extension Winograd.Weights: PackedForm {}
