import Kernels
import Threads

/// Packed weights by the node they belong to, kept once and shared by the programs for all input shapes.
final class WeightStore: Sendable {
    /// By node and form.
    private let packed = Monitor<[String: [ObjectIdentifier: any PackedForm]]>([:])

    /// The weights of the node `key` in the form that `make` gives. Several threads may make a form at once; all get the one
    /// that is kept.
    func weights<Form: PackedForm>(_ key: String, make: () -> Form) -> Form {
        let form = ObjectIdentifier(Form.self)
        if let weights = packed.withLock({ $0[key]?[form] }) as? Form { return weights }
        let made = make()
        return packed.withLock { packed in
            if let weights = packed[key]?[form] as? Form { return weights }
            packed[key, default: [:]][form] = made
            return made
        }
    }

    /// Floats of larger forms that nodes may take besides their plain ones.
    private let larger = Monitor<[String: Int]>([:])

    /// Whether the node `key` may take `floats` for a larger form, such forms of all nodes being at most `limit`. Once it may, it
    /// always may, so that programs for other shapes find room for the plain forms whatever was packed before.
    func reserve(_ key: String, floats: Int, limit: Int) -> Bool {
        larger.withLock { taken in
            if taken[key] != nil { return true }
            guard taken.values.reduce(floats, +) <= limit else { return false }
            taken[key] = floats
            return true
        }
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
