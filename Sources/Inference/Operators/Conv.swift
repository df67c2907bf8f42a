import Kernels
import Tensor

/// Convolution; after fusion also with a residual (last input) and an activation in the same pass.
struct Conv: Operator {
    let attributes: WindowAttributes
    var groups: Int
    var fused: Activation = .identity
    /// The last input is added before the activation.
    var hasResidual = false
    /// Channels of each convolution that became part of this one: the outputs are the whole, then theirs.
    var parts: [Int] = []

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 2...3)
        attributes = try WindowAttributes(node, pooling: false)
        groups = try node.int("group", default: 1, in: 1...65536)
    }

    var folds: Bool { false }

    /// Whether both slide the same window over their input and apply the same function.
    func slidesLike(_ other: Conv) -> Bool { attributes == other.attributes && fused == other.fused }

    private struct Setup {
        var shape: [Int]
        var weights: [Int]
        var window: Window
        var places: Window.Pair
        var lifted: Bool

        var output: [Int] { [shape[0], weights[0], places.height, places.width] }
        func external(_ shape: [Int]) -> [Int] { lifted ? [shape[0], shape[1], shape[3]] : shape }
    }

    private func setup(_ input: [Int], _ weights: [Int], bias: Tensor?) throws(Refusal) -> Setup {
        guard input.count == weights.count else {
            throw .shape("weights \(weights) and input \(input) differ in their number of axes")
        }
        let shape = try attributes.lifted(input)
        let kernel = try attributes.lifted(weights)
        guard kernel[0] % groups == 0, kernel[1] > 0, kernel[1] * groups == shape[1], kernel[0] > 0, kernel[2] > 0,
            kernel[3] > 0
        else { throw .shape("weights \(weights) in \(groups) groups do not fit input \(input)") }
        if let bias, bias.shape != [kernel[0]] { throw .shape("bias \(bias.shape) does not fit weights \(weights)") }
        let (window, places) = try attributes.window(
            kernel: Window.Pair(kernel[2], kernel[3]), over: Window.Pair(shape[2], shape[3]))
        return Setup(shape: shape, weights: kernel, window: window, places: places, lifted: input.count == 3)
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let (input, weights) = (try arguments.float(0), try arguments.float(1))
        let bias = arguments[2] == nil ? nil : try arguments.float(2)
        let setup = try setup(input.shape, weights.shape, bias: bias)
        _ = try arguments.checked(setup.output)
        let result = Convolution.reference(
            Tensor(shape: setup.shape, values: input.values),
            weights: Tensor(shape: setup.weights, values: weights.values),
            bias: bias?.values, window: setup.window, groups: groups)
        return [.float(Tensor(shape: setup.external(result.shape), values: result.values))]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        guard hasResidual else {
            let output = try lower(operands, residual: nil, into: program)
            var start = 0
            return [.view(output)]
                + parts.map { count in
                    defer { start += count }
                    return .view(output.sliced(axis: 1, from: start, count: count))
                }
        }
        let residual = try program.view(operands, operands.count - 1)
        let output = try setup(operands.shape(0), operands.shape(1), bias: nil)
        if residual.shape == output.output { return [.view(try lower(operands, residual: residual, into: program))] }
        // What looked like a residual is broadcast: the sum becomes a step of its own.
        var plain = self
        plain.fused = .identity
        let product = try plain.lower(operands, residual: nil, into: program)
        return [.view(try program.map(program.combine(.add, product, residual), by: fused))]
    }

    private func lower(_ operands: Operands, residual added: View?, into program: Lowering) throws(Refusal) -> View {
        guard let weights = try operands.floats(1) else { throw .missing(input: 1) }
        let bias = try operands.floats(2)
        var view = try program.view(operands, 0)
        let setup = try setup(view.shape, weights.shape, bias: bias)
        if setup.lifted { view = view.inserting(axis: 2) }
        let fewChannels = groups == 1 && setup.shape[1] <= Convolution.anyOrderDepth
        let input = fewChannels && view.pixels != nil ? view : try program.channelsLast(view)
        let output = try program.allocate(setup.output, channelsLast: true)
        var residual: View?
        if let added { residual = try program.channelsLast(added) }
        let job = Convolution.Job(
            window: setup.window, pictures: setup.shape[0], picture: Window.Pair(setup.shape[2], setup.shape[3]),
            places: setup.places, activation: fused)
        if groups == setup.shape[1], setup.weights[0] == groups, groups > 1, residual == nil {
            try lowerDepthwise(job, weights, bias?.values, input, output, operands.node, program)
        } else if try !lowerInt8(
            job, weights, setup.weights, bias?.values, input, residual, output, operands.node, program)
        {
            try lowerDense(job, weights, setup.weights, bias?.values, input, residual, output, operands.node, program)
        }
        return setup.lifted ? output.removing(axis: 2) : output
    }

    private func lowerDepthwise(
        _ job: Convolution.Job, _ weights: Tensor, _ bias: [Float]?, _ input: View, _ output: View, _ node: Node,
        _ program: Lowering
    ) throws(Refusal) {
        guard let inStride = input.pixelStride, let outStride = output.pixelStride else {
            throw .shape("pixels of \(input.shape) are not in rows")
        }
        let packed = try program.packed(node, floats: weights.count + 2 * groups) {
            Depthwise.Weights(weights.values, channels: groups, bias: bias)
        }
        let (from, to, isa) = (input.place, output.place, program.isa)
        program.emit(
            RowStep(input: input, residual: nil, output: output, window: job.window) { memory, band in
                Depthwise.run(
                    job.only(band.rows), weights: packed,
                    input: Pixels(memory[from] + band.input, stride: inStride),
                    output: Pixels(memory[to] + band.output, stride: outStride), on: isa)
            })
    }

    private func lowerDense(
        _ job: Convolution.Job, _ weights: Tensor, _ shape: [Int], _ bias: [Float]?, _ input: View, _ residual: View?,
        _ output: View, _ node: Node, _ program: Lowering
    ) throws(Refusal) {
        let run: @Sendable (Convolution.Job, Pixels, Pixels?, Pixels, UnsafeMutablePointer<Float>) -> Void
        let scratch: View
        var byRows = true
        if groups == 1, input.pixelStride != nil, Winograd.suits(job, depth: shape[1], width: shape[0]),
            let packed = program.packedLarger(
                node, floats: Winograd.count(shape, isa: program.isa),
                { Winograd.Weights(weights.values, shape: shape, bias: bias, isa: program.isa) })
        {
            scratch = try program.scratch(Winograd.scratchCount(job, weights: packed))
            run = { Winograd.run($0, weights: packed, input: $1, residual: $2, output: $3, scratch: $4) }
            byRows = false
        } else {
            let floats = PackedWeights.count(
                groups: groups, depth: shape[1], width: shape[0] / groups, taps: shape[2] * shape[3], isa: program.isa)
            let packed = try program.packed(node, floats: floats) {
                PackedWeights(convolution: weights.values, shape: shape, groups: groups, bias: bias, isa: program.isa)
            }
            scratch = try program.scratch(Convolution.scratchCount(job, weights: packed))
            run = { Convolution.run($0, weights: packed, input: $1, residual: $2, output: $3, scratch: $4) }
        }
        let (from, to, work) = (input.place, output.place, scratch.place)
        guard let order = input.pixels else { throw .shape("pixels of \(input.shape) are not in rows") }
        let outStride = output.pixelStride ?? 0
        let added = residual.map { (place: $0.place, stride: $0.pixelStride ?? 0) }
        let pictures = job.pictures
        program.emit(
            RowStep(input: input, residual: residual, output: output, window: job.window) { memory, band in
                run(
                    job.only(band.rows),
                    Pixels(
                        memory[from] + band.input, stride: order.pixel, channel: order.channel,
                        picture: pictures > 1 ? order.picture : nil),
                    added.map { Pixels(memory[$0.place] + band.residual, stride: $0.stride) },
                    Pixels(memory[to] + band.output, stride: outStride), memory[work])
            }, scratch: scratch, byRows: byRows)
    }

    func multiplyAdds(inputs: [[Int]], outputs: [[Int]]) -> Int {
        inputs[1].dropFirst().reduce(outputs[0].reduce(1, *), *)
    }
}
