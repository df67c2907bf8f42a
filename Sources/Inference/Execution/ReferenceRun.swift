import Tensor

/// Runs a graph node by node by the operators' definitions, keeping every value.
struct ReferenceRun {
    let plan: Plan

    init(_ plan: Plan) { self.plan = plan }

    func outputs(_ inputs: [Tensor]) throws(GraphError) -> [String: Tensor] {
        let values = try values(inputs)
        var result: [String: Tensor] = [:]
        for port in plan.graph.outputs {
            switch values[port.name] {
            case .float(let tensor): result[port.name] = tensor
            case .integer(let tensor):
                throw .unsupportedType(name: port.name, type: "\(tensor.type)", supported: "float32 outputs")
            case nil: throw .undefinedName(port.name, neededBy: "the graph's output")
            }
        }
        return result
    }

    /// Every named value of the graph for these inputs.
    func values(_ inputs: [Tensor]) throws(GraphError) -> [String: Literal] {
        try plan.check(inputs.map(\.shape))
        var values = plan.graph.literals
        for (port, tensor) in zip(plan.graph.inputs, inputs) { values[port.name] = .float(tensor) }
        for node in plan.graph.nodes {
            let arguments = Arguments(values: node.inputs.map { values[$0] }, limit: plan.parts.limits.maximumElements)
            do throws(Refusal) {
                for (name, result) in zip(node.outputs, try node.op.evaluate(arguments)) where !name.isEmpty {
                    values[name] = result
                }
            } catch {
                throw error.error(node: node)
            }
        }
        return values
    }
}
