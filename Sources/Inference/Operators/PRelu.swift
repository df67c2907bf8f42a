import Kernels
import Tensor

/// x, or slope · x below zero; the slope is broadcast to x.
struct PRelu: Operator {
    init(_ node: NodeReader) throws(GraphError) { node.expect(inputs: 2...2) }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        var x = try arguments.float(0)
        let slope = try arguments.float(1)
        let strides = try slopeStrides(x.shape, slope.shape)
        let own = Shape.rowMajorStrides(x.shape)
        var values = x.values
        Shape.forEachOffset(x.shape, strides: [own, strides]) { at in
            values[at[0]] = BinaryOperation.prelu.reference(x.values[at[0]], slope.values[at[1]])
        }
        x.values = values
        return [.float(x)]
    }

    private func slopeStrides(_ x: [Int], _ slope: [Int]) throws(Refusal) -> [Int] {
        guard Shape.broadcast(x, slope) == x else { throw .shape("slope \(slope) does not fit \(x)") }
        return Shape.broadcastStrides(slope, strides: Shape.rowMajorStrides(slope), to: x)
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        _ = try slopeStrides(operands.shape(0), operands.shape(1))
        return [.view(try program.combine(.prelu, program.view(operands, 0), program.view(operands, 1)))]
    }
}
