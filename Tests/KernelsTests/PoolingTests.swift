import Kernels
import Tensor
import TestSupport
import Testing

struct PoolingTests {
    @Test(arguments: InstructionSet.available)
    func fastEqualsReference(isa: InstructionSet) throws {
        let windows = [
            Window(kernel: .init(2, 2), strides: .init(2, 2)),
            Window(kernel: .init(3, 3), strides: .init(2, 2), before: .init(1, 1), after: .init(1, 1)),
            Window(
                kernel: .init(3, 2), strides: .init(1, 3), dilations: .init(2, 1), before: .init(0, 1),
                after: .init(2, 0)),
        ]
        for channels in [1, 5, 16, 19] {
            for window in windows {
                for ceiling in [false, true] {
                    for kind in [Pooling.Kind.maximum, .average(countsPadding: true), .average(countsPadding: false)] {
                        let picture = Window.Pair(7, 8)
                        let places = try #require(window.places(over: picture, ceiling: ceiling))
                        let job = Pooling.Job(
                            window: window, kind: kind, pictures: 2, channels: channels, picture: picture,
                            places: places)
                        let input = Tensor(shape: [2, channels, 7, 8], values: Closeness.noise(2 * channels * 56))
                        let expected = Pooling.reference(input, job)
                        let actual = ChannelsLast.run(input, residual: nil, output: expected.shape) { x, _, z in
                            Pooling.run(job, input: x, output: z, on: isa)
                        }
                        #expect(
                            Closeness.difference(actual.values, expected.values) < 1e-6,
                            "\(isa) \(channels) channels \(window) \(kind) ceiling \(ceiling)")
                    }
                }
            }
        }
    }

    @Test(arguments: InstructionSet.available)
    func globalAverageIsTheMean(isa: InstructionSet) {
        for (channels, pixels) in [(1, 1), (3, 7), (17, 36), (40, 5)] {
            let input = Tensor(shape: [3, channels, 1, pixels], values: Closeness.noise(3 * channels * pixels))
            let expected = (0..<3 * channels).map {
                Reduction.mean.reference(Array(input.values[$0 * pixels..<($0 + 1) * pixels]))
            }
            let actual = ChannelsLast.run(input, residual: nil, output: [3, channels, 1, 1]) { x, _, z in
                Pooling.globalAverage(pictures: 3, pixels: pixels, channels: channels, input: x, output: z, on: isa)
            }
            #expect(
                Closeness.difference(actual.values, expected) < 1e-6, "\(isa) \(channels) channels, \(pixels) pixels")
        }
    }
}
