import Kernels
import Tensor

extension Conv {
    /// A dense convolution in 8-bit integers, where the plan asks for it and it is worth it; false where not.
    func lowerInt8(
        _ job: Convolution.Job, _ weights: Tensor, _ shape: [Int], _ bias: [Float]?, _ input: View, _ residual: View?,
        _ output: View, _ node: Node, _ program: Lowering
    ) throws(Refusal) -> Bool {
        guard let path = program.int8, groups == 1, let inStride = input.pixelStride,
            Int8Convolution.suits(job, depth: shape[1], width: shape[0])
        else { return false }
        let floats = Int8Convolution.Weights.count(shape: shape, path: path)
        let packed = try program.packed(node, floats: floats) {
            Int8Convolution.Weights(weights.values, shape: shape, bias: bias, path: path)
        }
        let scratch = try program.scratch(Int8Convolution.scratchCount(job, weights: packed))
        let (from, to, work, outStride) = (input.place, output.place, scratch.place, output.pixelStride ?? 0)
        let added = residual.map { (place: $0.place, stride: $0.pixelStride ?? 0) }
        program.emit(reads: [input, residual], writes: [output, scratch]) { memory in
            Int8Convolution.run(
                job, weights: packed, input: memory.pixels(from, stride: inStride),
                residual: added.map { memory.pixels($0.place, stride: $0.stride) },
                output: memory.pixels(to, stride: outStride), scratch: memory[work])
        }
        return true
    }
}

extension Int8Convolution.Weights: PackedForm {}
