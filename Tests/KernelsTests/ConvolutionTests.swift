import Kernels
import Tensor
import TestSupport
import Testing

/// Every instruction set against the definition, over shapes that leave tails everywhere.
struct ConvolutionTests {
    struct Case: CustomStringConvertible {
        var n = 1, c = 3, m = 5, groups = 1
        var picture = Window.Pair(5, 6)
        var window = Window(kernel: .init(3, 3))
        var activation = Activation.identity
        var residual = false
        var description: String {
            "n \(n) c \(c) m \(m) g \(groups) \(picture) \(window) \(activation) residual \(residual)"
        }
    }

    static let cases: [Case] = {
        var cases: [Case] = []
        let same = Window(kernel: .init(3, 3), before: .init(1, 1), after: .init(1, 1))
        for m in [1, 3, 4, 7, 8, 15, 16, 17, 33, 48, 65, 112] { cases.append(Case(n: 2, c: 6, m: m, window: same)) }
        for c in [1, 2, 4, 5, 16, 19] { cases.append(Case(c: c, m: 18, window: same)) }
        for (height, width) in [(1, 1), (1, 7), (4, 3), (7, 5)] {
            cases.append(Case(n: 3, c: 5, m: 20, picture: .init(height, width), window: Window(kernel: .init(1, 1))))
        }
        for stride in 1...3 {
            for dilation in 1...2 {
                cases.append(
                    Case(
                        c: 7, m: 9, picture: .init(9, 8),
                        window: Window(
                            kernel: .init(2, 3), strides: .init(stride, 2), dilations: .init(dilation, 1),
                            before: .init(2, 0), after: .init(1, 3))))
            }
        }
        cases.append(
            Case(
                c: 3, m: 8, picture: .init(11, 10),
                window: Window(kernel: .init(7, 7), strides: .init(2, 2), before: .init(3, 3), after: .init(3, 3))))
        for c in 1...4 {
            for (pad, stride, dilation) in [(0, 1, 1), (2, 2, 1), (4, 1, 2)] {
                cases.append(
                    Case(
                        n: 2, c: c, m: 19, picture: .init(6, 21),
                        window: Window(
                            kernel: .init(3, 3), strides: .init(stride, stride), dilations: .init(dilation, dilation),
                            before: .init(pad, pad), after: .init(pad, 0))))
            }
        }
        for groups in [2, 3] { cases.append(Case(c: 6, m: 12, groups: groups, window: same)) }
        for activation in [
            Activation.relu, .clip(-0.2, 0.3), .sigmoid, .silu, .hardSwish, .leakyRelu(alpha: 0.1), .tanh,
        ] {
            cases.append(Case(c: 5, m: 19, window: same, activation: activation, residual: true))
        }
        return cases
    }()

    @Test(arguments: InstructionSet.available)
    func fastEqualsReference(isa: InstructionSet) throws {
        for test in Self.cases {
            try Self.compare(test, on: isa) { job, weights, shape, bias in
                let packed = PackedWeights(
                    convolution: weights, shape: shape, groups: test.groups, bias: bias, isa: isa)
                return (
                    Convolution.scratchCount(job, weights: packed),
                    { Convolution.run(job, weights: packed, input: $0, residual: $1, output: $2, scratch: $3) }
                )
            }
        }
    }

    static let winogradCases: [Case] = {
        var cases: [Case] = []
        for (height, width) in [(1, 1), (4, 4), (5, 6), (9, 13), (24, 24)] {
            for pad in 0...2 where height + 2 * pad >= 3 && width + 2 * pad >= 3 {
                let window = Window(kernel: .init(3, 3), before: .init(pad, pad), after: .init(pad, pad))
                cases.append(Case(n: 2, c: 17, m: 19, picture: .init(height, width), window: window))
            }
        }
        let same = Window(kernel: .init(3, 3), before: .init(1, 1), after: .init(1, 1))
        for m in [1, 4, 8, 16, 33, 48, 65, 112] {
            cases.append(Case(c: 32, m: m, picture: .init(7, 9), window: same, activation: .silu, residual: true))
        }
        for activation in [Activation.relu, .clip(-0.2, 0.3), .sigmoid, .hardSwish, .leakyRelu(alpha: 0.1), .tanh] {
            cases.append(Case(c: 5, m: 19, window: same, activation: activation, residual: true))
        }
        return cases
    }()

    @Test(arguments: InstructionSet.available)
    func winogradEqualsReference(isa: InstructionSet) throws {
        for test in Self.winogradCases {
            // Its rounding errors grow with the largest numbers of a tile (sums here reach 20), not with each result.
            try Self.compare(test, on: isa, tolerance: 3e-5) { job, weights, shape, bias in
                let packed = Winograd.Weights(weights, shape: shape, bias: bias, isa: isa)
                return (
                    Winograd.scratchCount(job, weights: packed),
                    { Winograd.run(job, weights: packed, input: $0, residual: $1, output: $2, scratch: $3) }
                )
            }
        }
    }

    @Test func winogradIsChosenWhereItCanRunAndPays() {
        func suits(_ window: Window, pictures: Int = 1, side: Int = 24, depth: Int = 32, width: Int = 64) -> Bool {
            let picture = Window.Pair(side, side)
            guard let places = window.places(over: picture) else { return false }
            let job = Convolution.Job(
                window: window, pictures: pictures, picture: picture, places: places, activation: .identity)
            return Winograd.suits(job, depth: depth, width: width)
        }
        let same = Window(kernel: .init(3, 3), before: .init(1, 1), after: .init(1, 1))
        #expect(suits(same))
        #expect(!suits(same, depth: 3))
        #expect(!suits(same, side: 6), "four tiles")
        #expect(!suits(same, side: 12, depth: 256, width: 256), "more weights than products")
        #expect(suits(same, pictures: 4, side: 12, depth: 256, width: 256))
        #expect(!suits(Window(kernel: .init(3, 3), strides: .init(2, 2), before: .init(1, 1), after: .init(1, 1))))
        #expect(!suits(Window(kernel: .init(3, 3), dilations: .init(2, 2), before: .init(2, 2), after: .init(2, 2))))
        #expect(!suits(Window(kernel: .init(5, 5), before: .init(2, 2), after: .init(2, 2))))
    }

    typealias Pass = (Pixels, Pixels?, Pixels, UnsafeMutablePointer<Float>) -> Void

    /// Runs the pass that `prepare` makes of the job, weights, their shape and bias, and compares with the definition.
    static func compare(
        _ test: Case, on isa: InstructionSet, tolerance: Double = 1e-5,
        prepare: (Convolution.Job, [Float], [Int], [Float]) -> (scratch: Int, run: Pass)
    ) throws {
        let places = try #require(test.window.places(over: test.picture))
        let input = Tensor(
            shape: [test.n, test.c, test.picture.height, test.picture.width],
            values: Closeness.noise(test.n * test.c * test.picture.height * test.picture.width))
        let shape = [test.m, test.c / test.groups, test.window.kernel.height, test.window.kernel.width]
        let weights = Tensor(shape: shape, values: Closeness.noise(shape.reduce(1, *), seed: 2))
        let bias = Closeness.noise(test.m, seed: 3)
        var expected = Convolution.reference(
            input, weights: weights, bias: bias, window: test.window, groups: test.groups)
        let residual = Tensor(shape: expected.shape, values: Closeness.noise(expected.count, seed: 4))
        if test.residual { for i in expected.values.indices { expected.values[i] += residual.values[i] } }
        expected.values = expected.values.map(test.activation.reference)

        let job = Convolution.Job(
            window: test.window, pictures: test.n, picture: test.picture, places: places, activation: test.activation)
        let (scratchCount, run) = prepare(job, weights.values, shape, bias)
        let actual = ChannelsLast.run(input, residual: test.residual ? residual : nil, output: expected.shape) {
            x, y, z in
            var scratch = [Float](repeating: .nan, count: scratchCount)
            run(x, y, z, &scratch)
        }
        #expect(Closeness.difference(actual.values, expected.values) < tolerance, "\(isa): \(test)")
    }

    @Test(arguments: InstructionSet.available)
    func depthwiseEqualsReference(isa: InstructionSet) throws {
        for channels in [1, 3, 8, 16, 17, 40, 700] {
            for (kernel, stride, pad, width) in [
                (3, 1, 1, 9), (3, 2, 1, 12), (3, 2, 0, 9), (3, 1, 2, 1), (5, 1, 2, 6), (5, 2, 2, 9), (3, 3, 1, 10),
                (2, 1, 0, 3),
            ] {
                for dilation in [1, 2] where kernel != 2 || dilation == 1 {
                    let window = Window(
                        kernel: .init(kernel, kernel), strides: .init(stride, stride),
                        dilations: .init(dilation, dilation),
                        before: .init(pad, pad), after: .init(pad, pad + 1))
                    let picture = Window.Pair(7, width)
                    guard let places = window.places(over: picture) else { continue }
                    let input = Tensor(
                        shape: [2, channels, 7, width], values: Closeness.noise(2 * channels * 7 * width))
                    let weights = Tensor(
                        shape: [channels, 1, kernel, kernel],
                        values: Closeness.noise(channels * kernel * kernel, seed: 2))
                    let bias = Closeness.noise(channels, seed: 3)
                    for activation in [Activation.identity, .clip(-0.5, 0.5), .silu, .tanh] {
                        var expected = Convolution.reference(
                            input, weights: weights, bias: bias, window: window, groups: channels)
                        expected.values = expected.values.map(activation.reference)
                        let job = Convolution.Job(
                            window: window, pictures: 2, picture: picture, places: places, activation: activation)
                        let packed = Depthwise.Weights(weights.values, channels: channels, bias: bias)
                        let actual = ChannelsLast.run(input, residual: nil, output: expected.shape) { x, _, z in
                            Depthwise.run(job, weights: packed, input: x, output: z, on: isa)
                        }
                        #expect(
                            Closeness.difference(actual.values, expected.values) < 1e-5,
                            "\(isa): \(channels) channels, \(window), \(activation)")
                    }
                }
            }
        }
    }
}
