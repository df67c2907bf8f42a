import Kernels

/// In which numbers a plan's dense convolutions multiply; everything else is float32 either way.
public enum Precision: String, Sendable, CaseIterable {
    case float32
    /// 8-bit integers where `Int8Convolution.suits`, about two digits.
    case int8

    /// Whether this processor has kernels for it.
    public var isAvailable: Bool { self == .float32 || Int8Convolution.Path(beside: .preferred) != nil }

    /// The 8-bit kernels that go with `isa`, nil for float32.
    func kernels(beside isa: InstructionSet, nodes: [Node], literals: [String: Literal]) throws(GraphError)
        -> Int8Convolution.Path?
    {
        guard self == .int8 else { return nil }
        guard let path = Int8Convolution.Path(beside: isa) else {
            throw .unsupportedPrecision(
                "int8 needs a processor with AVX512-VNNI and its kernels (avx512), these are \(isa.rawValue)")
        }
        let candidates = nodes.contains { node in
            guard let conv = node.op as? Conv, conv.groups == 1, node.inputs.count > 1 else { return false }
            return literals[node.inputs[1]].map { $0.shape.count > 2 && $0.shape[0] >= 16 && $0.shape[1] >= 16 }
                ?? false
        }
        guard candidates else {
            throw .unsupportedPrecision(
                "int8 is for dense convolutions of at least 16 channels, of which there is none")
        }
        return path
    }
}
