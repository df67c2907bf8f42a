/// `nodes` in an order in which each follows what it reads (Kahn 1962), the file's order kept where it is one.
func topologicalOrder(
    _ nodes: [Node], inputs: [Graph.Port], outputs: [Graph.Port], literals: [String: Literal]
) throws(GraphError) -> [Node] {
    var producer: [String: Int] = [:]
    var known = Set(literals.keys)
    if known.contains("") || inputs.contains(where: \.name.isEmpty) {
        throw .badInput(name: "", detail: "an input or initializer has no name")
    }
    for input in inputs where !known.insert(input.name).inserted { throw .duplicateName(input.name) }
    for (index, node) in nodes.enumerated() {
        for output in node.outputs where output != "" {
            guard !known.contains(output), producer.updateValue(index, forKey: output) == nil else {
                throw .duplicateName(output)
            }
        }
    }
    var waiting = Array(repeating: 0, count: nodes.count)
    var readers: [[Int]] = Array(repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
        for input in node.inputs where input != "" && !known.contains(input) {
            guard let source = producer[input] else { throw .undefinedName(input, neededBy: node.name) }
            readers[source].append(index)
            waiting[index] += 1
        }
    }
    for output in outputs where !known.contains(output.name) && producer[output.name] == nil {
        throw .undefinedName(output.name, neededBy: "the graph's output")
    }
    if isOrdered(nodes, producer: producer) { return nodes }
    var ready = nodes.indices.filter { waiting[$0] == 0 }
    var order: [Node] = []
    var next = 0
    while next < ready.count {
        let index = ready[next]
        next += 1
        order.append(nodes[index])
        for reader in readers[index] {
            waiting[reader] -= 1
            if waiting[reader] == 0 { ready.append(reader) }
        }
    }
    guard order.count == nodes.count else {
        let stuck = nodes.indices.first { waiting[$0] > 0 } ?? 0
        throw .cycle(through: nodes[stuck].name)
    }
    return order
}

private func isOrdered(_ nodes: [Node], producer: [String: Int]) -> Bool {
    nodes.enumerated().allSatisfy { index, node in
        node.inputs.allSatisfy { (producer[$0] ?? -1) < index }
    }
}
