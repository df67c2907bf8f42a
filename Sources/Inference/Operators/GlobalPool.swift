import Kernels
import Tensor

/// GlobalAveragePool and GlobalMaxPool: one number a channel from all its pixels.
struct GlobalPool: Operator {
    let reduction: Reduction

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...1)
        reduction = node.type == "GlobalMaxPool" ? .maximum : .mean
    }

    var folds: Bool { false }

    private func axes(_ shape: [Int]) throws(Refusal) -> [Int] {
        guard shape.count >= 3 else { throw .shape("shape \(shape) has no pixels") }
        return Array(2..<shape.count)
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.float(0)
        return [.float(try reduced(input, by: reduction, axes: axes(input.shape), keeps: true, limit: arguments.limit))]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let view = try program.view(operands, 0)
        return [.view(try program.reduce(view, by: reduction, axes: axes(view.shape), keeps: true))]
    }

    /// What is read takes the time.
    func effort(inputs: [[Int]], outputs: [[Int]]) -> Int { 8 * inputs[0].reduce(1, *) + 64 * outputs[0].reduce(1, *) }
}
