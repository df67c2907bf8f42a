import Kernels
import Tensor
import TestSupport
import Testing

struct WalkTests {
    /// Shapes with the strides of two operands, among them repeated and reordered axes.
    static let layouts: [(shape: [Int], a: [Int], b: [Int])] = [
        ([1], [1], [1]), ([17], [1], [0]), ([5, 3], [3, 1], [0, 1]), ([5, 3], [1, 5], [1, 0]),
        ([2, 4, 3, 5], [60, 1, 20, 4], [4, 1, 0, 0]), ([2, 3, 2, 2, 3], [36, 12, 6, 3, 1], [0, 1, 3, 0, 6]),
    ]

    @Test(arguments: InstructionSet.available)
    func arithmeticAndCopiesFollowTheStrides(isa: InstructionSet) {
        for (shape, a, b) in Self.layouts {
            let count = shape.reduce(1, *)
            let x = Closeness.noise(count, seed: 1)
            let y = Closeness.noise(count, seed: 2).map { $0 + 2 }
            let out = Shape.rowMajorStrides(shape)
            let walk = Walk(shape: shape, out: out, a: a, b: b)
            for operation in BinaryOperation.allCases {
                var expected: [Float] = []
                Shape.forEachOffset(shape, strides: [a, b]) { at in
                    expected.append(operation.reference(abs(x[at[0]]), y[at[1]]))
                }
                var actual = [Float](repeating: 0, count: count)
                walk.combine(operation, x.map { abs($0) }, y, to: &actual, on: isa)
                #expect(Closeness.difference(actual, expected) < 1e-5, "\(isa) \(operation) \(shape) \(a) \(b)")
            }
            var copied = [Float](repeating: 0, count: count)
            walk.copy(x, to: &copied, on: isa)
            var expected: [Float] = []
            Shape.forEachOffset(shape, strides: [a]) { expected.append(x[$0[0]]) }
            #expect(copied == expected, "\(isa) copy \(shape) \(a)")
        }
    }

    @Test(arguments: InstructionSet.available, Reduction.allCases)
    func reductionsEqualReference(isa: InstructionSet, reduction: Reduction) {
        // [3, 4, 5] over axes 0 and 2.
        let x = Closeness.noise(60)
        var expected: [Float] = []
        for row in 0..<4 {
            expected.append(reduction.reference((0..<3).flatMap { i in (0..<5).map { x[i * 20 + row * 5 + $0] } }))
        }
        var actual = [Float](repeating: 0, count: 4)
        Walk(shape: [4], out: [1], a: [5])
            .reduce(reduction, over: Walk(shape: [3, 5], out: [5, 1], a: [20, 1]), x, to: &actual, on: isa)
        #expect(Closeness.difference(actual, expected) < 1e-6, "\(isa) \(reduction)")
    }

    @Test(arguments: InstructionSet.available, [false, true])
    func softmaxEqualsReference(isa: InstructionSet, logarithm: Bool) {
        for count in [1, 2, 7, 16, 33] {
            let rows = (0..<3).map { Closeness.noise(count, seed: UInt64($0)).map { $0 * 30 } }
            var actual = [Float](repeating: 0, count: 3 * count)
            Softmax.run(rows.flatMap(\.self), to: &actual, rows: 3, count: count, logarithm: logarithm, on: isa)
            let expected = rows.flatMap { Softmax.reference($0, logarithm: logarithm) }
            #expect(Closeness.difference(actual, expected) < 3e-6, "\(isa) \(count) logarithm \(logarithm)")
        }
    }

    @Test(arguments: InstructionSet.available, [false, true])
    func resizingEqualsReference(isa: InstructionSet, linear: Bool) {
        let rows = Resizing.Samples(sources: [0, 0, 1, 3, 4], shares: linear ? [0, 0.5, 0.25, 0.75, 0] : [])
        let columns = Resizing.Samples(sources: [0, 2, 2, 5], shares: linear ? [0.125, 0, 0.5, 0.9] : [])
        for channels in [1, 4, 18] {
            let input = Tensor(shape: [2, channels, 5, 6], values: Closeness.noise(2 * channels * 30))
            let expected = Resizing.reference(input, rows: rows, columns: columns)
            let actual = ChannelsLast.run(input, residual: nil, output: expected.shape) { x, _, z in
                Resizing.run(
                    pictures: 2, picture: .init(5, 6), channels: channels, rows: rows, columns: columns, input: x,
                    output: z, on: isa)
            }
            #expect(Closeness.difference(actual.values, expected.values) < 1e-6, "\(isa) \(channels) channels")
        }
    }

    @Test func matrixProductEqualsReference() {
        for (rows, depth, columns) in [(1, 1, 1), (3, 5, 2), (17, 9, 33)] {
            let a = Closeness.noise(rows * depth)
            let b = Closeness.noise(depth * columns, seed: 2)
            var actual = [Float](repeating: 0, count: rows * columns)
            MatrixProduct.run(a, b, to: &actual, rows: rows, depth: depth, columns: columns)
            let expected = MatrixProduct.reference(a[...], b[...], rows: rows, depth: depth, columns: columns)
            #expect(Closeness.difference(actual, expected) < 1e-5, "\(rows)×\(depth)×\(columns)")
        }
    }
}
