import Kernels
import Tensor
import TestSupport
import Testing

/// Both paths against the definition of convolution, over shapes that leave tails everywhere.
struct Int8ConvolutionTests {
    typealias Case = ConvolutionTests.Case

    static let same = Window(kernel: .init(3, 3), before: .init(1, 1), after: .init(1, 1))
    static let cases: [Case] = {
        var cases: [Case] = []
        for m in [1, 4, 16, 17, 33, 48, 65] {
            cases.append(Case(n: 2, c: 8, m: m, window: same, residual: true))
            cases.append(Case(n: 2, c: 24, m: m, window: Window(kernel: .init(1, 1)), residual: true))
        }
        for c in [1, 3, 4, 5, 19, 64, 67] {
            for kernel in [1, 2] { cases.append(Case(c: c, m: 5, window: Window(kernel: .init(kernel, kernel)))) }
        }
        // Blocks of 360 pixels, whole and not.
        for (height, width) in [(1, 1), (18, 20), (19, 20)] {
            for kernel in [1, 3] {
                let window = Window(
                    kernel: .init(kernel, kernel), before: .init(kernel / 2, kernel / 2),
                    after: .init(kernel / 2, kernel / 2))
                cases.append(Case(n: 2, c: 5, m: 6, picture: .init(height, width), window: window))
            }
        }
        for stride in 1...3 {
            for dilation in 1...2 {
                cases.append(
                    Case(
                        n: 2, c: 7, m: 9, picture: .init(9, 8),
                        window: Window(
                            kernel: .init(2, 3), strides: .init(stride, 2), dilations: .init(dilation, 1),
                            before: .init(2, 0), after: .init(1, 3))))
            }
        }
        cases.append(Case(n: 2, c: 16, m: 16, window: Window(kernel: .init(1, 1), strides: .init(2, 2))))
        return cases
    }()

    /// Where inputs and weights are whole numbers over the whole range of a byte, nothing is lost: every result is exact.
    @Test(arguments: Int8Convolution.Path.available)
    func wholeNumbersAreExact(path: Int8Convolution.Path) throws {
        for test in Self.cases {
            let plane = test.picture.height * test.picture.width
            var input = Self.whole(test.n * test.c * plane, -100...155)
            for picture in 0..<test.n {
                // With one channel each pixel is a range of its own, exact whatever it is.
                for pixel in 0..<(test.c > 1 ? plane : 1) {
                    input[picture * test.c * plane + pixel] = -100
                    input[((picture + 1) * test.c - 1) * plane + pixel + (test.c > 1 ? 0 : 1)] = 155
                }
            }
            let depth = test.c * test.window.kernel.height * test.window.kernel.width
            var weights = Self.whole(test.m * depth, -127...127, seed: 2)
            for channel in 0..<test.m { weights[channel * depth + channel % depth] = channel % 2 == 0 ? 127 : -127 }
            let results = try Self.run(
                test, input: input, weights: weights, bias: Self.whole(test.m, -1000...1000, seed: 3), path: path)
            #expect(results.actual == results.expected, "\(path): \(test)")
        }
    }

    @Test(arguments: Int8Convolution.Path.available)
    func errorsStayWithinTwoDigits(path: Int8Convolution.Path) throws {
        let activations: [Activation] = [
            .identity, .relu, .clip(-0.2, 0.3), .sigmoid, .silu, .hardSwish, .leakyRelu(alpha: 0.1), .tanh,
        ]
        for activation in activations {
            for window in [Self.same, Window(kernel: .init(1, 1))] {
                let test = Case(n: 2, c: 40, m: 33, window: window, activation: activation, residual: true)
                let taps = window.kernel.height * window.kernel.width
                let results = try Self.run(
                    test, input: Closeness.noise(test.n * test.c * test.picture.height * test.picture.width),
                    weights: Closeness.noise(test.m * test.c * taps, seed: 2), bias: Closeness.noise(test.m, seed: 3),
                    path: path)
                let error = zip(results.actual, results.expected).reduce(0.0) {
                    $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
                }
                let power = results.expected.reduce(0.0) { $0 + Double($1 * $1) }
                #expect(error < power * 0.02 * 0.02, "\(path): \(activation) \(window): \(error) of \(power)")
            }
        }
    }

    /// Constant inputs have no range; channels whose weights are not finite say so and leave the others alone.
    @Test(arguments: Int8Convolution.Path.available)
    func edgesOfTheRange(path: Int8Convolution.Path) throws {
        for window in [Self.same, Window(kernel: .init(1, 1))] {
            let test = Case(c: 20, m: 5, window: window)
            let taps = window.kernel.height * window.kernel.width
            var weights = Self.whole(test.m * test.c * taps, -127...127, seed: 2)
            for channel in 0..<test.m { weights[channel * test.c * taps] = 127 }
            for value in [Float(0), 3, -2] {
                let input = [Float](repeating: value, count: test.c * 30)
                let results = try Self.run(
                    test, input: input, weights: weights, bias: Self.whole(5, -9...9), path: path)
                #expect(Closeness.difference(results.actual, results.expected) < 1e-5, "\(path): \(value)")
            }
            weights[1] = .infinity
            weights[test.c * taps] = .nan
            for index in 2 * test.c * taps..<3 * test.c * taps { weights[index] = 0 }
            let input = Self.whole(test.c * 30, -100...155)
            let results = try Self.run(test, input: input, weights: weights, bias: [1, 2, 3, 4, 5], path: path)
            #expect(results.actual[0..<60].allSatisfy { $0.isNaN }, "\(path)")
            #expect(results.actual[60..<90].allSatisfy { $0 == 3 }, "\(path)")
            #expect(results.actual[90...].allSatisfy { $0.isFinite }, "\(path)")
        }
    }

    /// Inputs that are no numbers do no harm beyond their pixel or picture.
    @Test(arguments: Int8Convolution.Path.available)
    func notFiniteInputsAreTaken(path: Int8Convolution.Path) throws {
        for window in [Self.same, Window(kernel: .init(1, 1))] {
            for odd in [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude] {
                let test = Case(n: 2, c: 16, m: 16, window: window)
                var input = Closeness.noise(2 * 16 * 30)
                let weights = Closeness.noise(16 * 16 * window.kernel.height * window.kernel.width, seed: 2)
                let plain = try Self.run(
                    test, input: input, weights: weights, bias: [Float](repeating: 0, count: 16), path: path)
                for index in stride(from: 0, to: 16 * 30, by: 7) { input[index] = odd }
                let results = try Self.run(
                    test, input: input, weights: weights, bias: [Float](repeating: 0, count: 16), path: path)
                #expect(results.actual[(16 * 30)...] == plain.actual[(16 * 30)...], "\(path): \(odd)")
            }
        }
    }

    @Test func isChosenWhereItPays() {
        func suits(_ window: Window, side: Int = 6, depth: Int = 112, width: Int = 672) -> Bool {
            let picture = Window.Pair(side, side)
            guard let places = window.places(over: picture) else { return false }
            let job = Convolution.Job(
                window: window, pictures: 1, picture: picture, places: places, activation: .identity)
            return Int8Convolution.suits(job, depth: depth, width: width)
        }
        let pointwise = Window(kernel: .init(1, 1))
        #expect(suits(pointwise))
        #expect(!suits(pointwise, side: 1), "squeeze-and-excitation")
        #expect(!suits(pointwise, depth: 15))
        #expect(!suits(pointwise, width: 47))
        #expect(!suits(Window(kernel: .init(3, 3), strides: .init(2, 2)), width: 15))
        #expect(suits(Window(kernel: .init(3, 3), strides: .init(2, 2)), width: 16))
        #expect(!suits(pointwise, depth: 66_312), "sums could overflow")
        #expect(!suits(Self.same, side: 24, depth: 32, width: 64), "Winograd")
        #expect(suits(Self.same, side: 6))
    }

    private static func whole(_ count: Int, _ range: ClosedRange<Int>, seed: UInt64 = 1) -> [Float] {
        Closeness.noise(count, seed: seed).map {
            Float(range.lowerBound) + (($0 + 1) / 2 * Float(range.count - 1)).rounded()
        }
    }

    /// The results of both, in ONNX's order.
    private static func run(
        _ test: Case, input: [Float], weights: [Float], bias: [Float], path: Int8Convolution.Path
    ) throws -> (actual: [Float], expected: [Float]) {
        let places = try #require(test.window.places(over: test.picture))
        let input = Tensor(shape: [test.n, test.c, test.picture.height, test.picture.width], values: input)
        let shape = [test.m, test.c, test.window.kernel.height, test.window.kernel.width]
        var expected = Convolution.reference(
            input, weights: Tensor(shape: shape, values: weights), bias: bias, window: test.window, groups: 1)
        let residual = Tensor(shape: expected.shape, values: whole(expected.count, -9...9, seed: 4))
        if test.residual { for i in expected.values.indices { expected.values[i] += residual.values[i] } }
        expected.values = expected.values.map(test.activation.reference)
        let job = Convolution.Job(
            window: test.window, pictures: test.n, picture: test.picture, places: places, activation: test.activation)
        let packed = Int8Convolution.Weights(weights, shape: shape, bias: bias, path: path)
        let actual = ChannelsLast.run(input, residual: test.residual ? residual : nil, output: expected.shape) {
            x, y, z in
            var scratch = [Float](repeating: .nan, count: Int8Convolution.scratchCount(job, weights: packed))
            Int8Convolution.run(job, weights: packed, input: x, residual: y, output: z, scratch: &scratch)
        }
        return (actual.values, expected.values)
    }
}
