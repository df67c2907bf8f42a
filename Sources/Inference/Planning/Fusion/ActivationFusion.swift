import Kernels

extension GraphRewriter {
    /// A product and the function of one number behind it: one pass.
    mutating func fuseActivation(at index: Int) {
        guard let node = self[index], let function = node.op.activation, node.inputs.count == 1,
            let before = soleProducer(of: node.inputs[0])
        else { return }
        let op: any Operator
        switch before.node.op {
        case var conv as Conv where conv.fused == .identity:
            conv.fused = function
            op = conv
        case var gemm as Gemm where gemm.fused == .identity:
            gemm.fused = function
            op = gemm
        default: return
        }
        remove(at: before.index)
        replace(
            at: index,
            by: Node(
                name: before.node.name, type: before.node.type, inputs: before.node.inputs, outputs: node.outputs,
                op: op))
    }
}
