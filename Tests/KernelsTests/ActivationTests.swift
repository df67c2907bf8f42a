import Kernels
import TestSupport
import Testing

struct ActivationTests {
    static let all: [Activation] = [
        .identity, .relu, .clip(-1, 2), .sigmoid, .silu, .hardSigmoid(alpha: 0.2, beta: 0.5), .hardSwish,
        .leakyRelu(alpha: 0.01), .elu(alpha: 1.5), .affine(scale: -2, shift: 0.25), .softplus, .exp, .log, .sqrt, .abs,
        .reciprocal, .floor, .ceil, .round, .tanh, .erf,
    ]

    @Test(arguments: InstructionSet.available, all)
    func fastEqualsReference(isa: InstructionSet, activation: Activation) {
        var values: [Float] = [
            0, -0.0, 1, -1, 0.5, 1.5, 2.5, -0.5, 3, -3, 20, -20, 80, -80, 88, -88, 100, -100, 1e-6, -1e-6,
        ]
        values += Closeness.noise(500).map { $0 * 12 }
        for count in [1, 3, 4, 7, 16, 17, 31, values.count] {
            let source = Array(values.prefix(count))
            let actual = Self.mapped(activation, source + [99], count: count, on: isa)
            #expect(actual[count] == 99, "\(isa) \(activation) wrote behind \(count)")
            let expected = source.map(activation.reference)
            #expect(
                Closeness.difference(Array(actual.dropLast()), expected) < 2e-6,
                "\(isa) \(activation) of \(count) numbers")
        }
    }

    @Test(arguments: InstructionSet.available, all)
    func nanStaysNaN(isa: InstructionSet, activation: Activation) {
        let values = Self.mapped(activation, [Float](repeating: .nan, count: 19), count: 19, on: isa)
        #expect(values.filter(\.isNaN).count == 19, "\(isa) \(activation)")
    }

    @Test(arguments: InstructionSet.available)
    func extremesAreLimits(isa: InstructionSet) {
        let gates = Self.mapped(.sigmoid, [-.infinity, -1e38, 1e38, .infinity], count: 4, on: isa)
        #expect(Closeness.difference(gates, [0, 0, 1, 1]) < 1e-6, "\(isa) \(gates)")
        let values = Self.mapped(.silu, [-1e38, -1e10, 1e10, 1e38], count: 4, on: isa)
        #expect(values == [0, 0, 1e10, 1e38], "\(isa) \(values)")
    }

    /// The first `count` values replaced in place.
    static func mapped(_ activation: Activation, _ values: [Float], count: Int, on isa: InstructionSet) -> [Float] {
        var result = values
        result.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            activation.apply(base, to: base, count: count, on: isa)
        }
        return result
    }
}
