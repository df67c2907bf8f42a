import Kernels
import Tensor

/// MaxPool and AveragePool.
struct Pool: Operator {
    let attributes: WindowAttributes
    let kind: Pooling.Kind

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...1)
        attributes = try WindowAttributes(node, pooling: true)
        if node.type == "MaxPool" {
            kind = .maximum
            node.ignore("storage_order")  // orders only the indices, a second output that is refused
        } else {
            kind = .average(countsPadding: try node.flag("count_include_pad"))
        }
    }

    var folds: Bool { false }

    private func job(_ input: [Int]) throws(Refusal) -> Pooling.Job {
        let shape = try attributes.lifted(input)
        let (window, places) = try attributes.window(over: Window.Pair(shape[2], shape[3]))
        return Pooling.Job(
            window: window, kind: kind, pictures: shape[0], channels: shape[1],
            picture: Window.Pair(shape[2], shape[3]),
            places: places)
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.float(0)
        let job = try job(input.shape)
        _ = try arguments.checked([job.pictures, job.channels, job.places.height, job.places.width])
        let lifted = Tensor(shape: try attributes.lifted(input.shape), values: input.values)
        let result = Pooling.reference(lifted, job)
        let shape = input.shape.count == 3 ? [result.shape[0], result.shape[1], result.shape[3]] : result.shape
        return [.float(Tensor(shape: shape, values: result.values))]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        var view = try program.view(operands, 0)
        let job = try job(view.shape)
        let lifted = view.shape.count == 3
        if lifted { view = view.inserting(axis: 2) }
        let input = try program.channelsLast(view)
        let output = try program.allocate(
            [job.pictures, job.channels, job.places.height, job.places.width], channelsLast: true)
        let (from, to, isa) = (input.place, output.place, program.isa)
        let (inStride, outStride) = (input.pixelStride ?? 0, output.pixelStride ?? 0)
        program.emit(
            RowStep(input: input, residual: nil, output: output, window: job.window) { memory, band in
                Pooling.run(
                    job.only(band.rows), input: Pixels(memory[from] + band.input, stride: inStride),
                    output: Pixels(memory[to] + band.output, stride: outStride), on: isa)
            })
        return [.view(lifted ? output.removing(axis: 2) : output)]
    }

    func effort(inputs: [[Int]], outputs: [[Int]]) -> Int {
        // The input may have to be brought into another order first.
        let window = (attributes.kernel?.height ?? 1) * (attributes.kernel?.width ?? 1)
        return outputs[0].reduce(window, *) + 8 * inputs[0].reduce(1, *)
    }
}
