/// A checked network: every operator known, every name defined once and before its use.
///
/// Activations are float32; integers only steer shapes and are computed when the graph is planned.
public struct Graph: Sendable {
    /// One axis of an input or output: a number, or a name such as "N" for what the caller decides.
    public enum Axis: Sendable, Equatable, CustomStringConvertible {
        case fixed(Int)
        case dynamic(String)

        public var description: String {
            switch self {
            case .fixed(let length): String(length)
            case .dynamic(let name): name.isEmpty ? "?" : name
            }
        }
    }

    public struct Port: Sendable {
        public let name: String
        public let type: ElementType
        /// nil where the file leaves even the number of axes open.
        public let shape: [Axis]?

        public init(name: String, type: ElementType = .float32, shape: [Axis]?) {
            self.name = name
            self.type = type
            self.shape = shape
        }

        /// The shape, nil where any of it is open.
        var fixedShape: [Int]? {
            guard let shape else { return nil }
            let lengths = shape.compactMap { axis in if case .fixed(let length) = axis { length } else { nil } }
            return lengths.count == shape.count ? lengths : nil
        }
    }

    public let name: String
    public let opset: Int
    /// What a run must be given: graph inputs without an initialiser.
    public let inputs: [Port]
    public let outputs: [Port]
    public let literals: [String: Literal]
    /// In an order in which every node follows what it reads.
    public let nodes: [Node]

    /// Checks the parts and puts the nodes in order; refuses unknown operators and attributes by name.
    public init(
        name: String, opset: Int, inputs: [Port], outputs: [Port], literals: [String: Literal],
        nodes descriptions: [NodeDescription]
    ) throws(GraphError) {
        guard Graph.supportedOpsets.contains(opset) else {
            throw .unsupportedOpset(opset, supported: Graph.supportedOpsets)
        }
        self.name = name
        self.opset = opset
        self.literals = literals
        self.inputs = inputs.filter { literals[$0.name] == nil }
        self.outputs = outputs
        var nodes: [Node] = []
        nodes.reserveCapacity(descriptions.count)
        var names: Set<String> = []
        var repeated = 0
        for var description in descriptions {
            description.name = Graph.uniqueName(of: description, among: &names, repeated: &repeated)
            nodes.append(try Node(description, opset: opset))
        }
        self.nodes = try topologicalOrder(nodes, inputs: self.inputs, outputs: outputs, literals: literals)
    }

    public static let supportedOpsets = 7...28

    /// The file's name for a node, or that of its first output; with a number where another node has it already.
    private static func uniqueName(
        of node: NodeDescription, among names: inout Set<String>, repeated: inout Int
    ) -> String {
        let wish = node.name.isEmpty ? node.outputs.first { !$0.isEmpty } ?? node.type : node.name
        var name = wish
        while !names.insert(name).inserted {
            repeated += 1
            name = "\(wish)#\(repeated)"
        }
        return name
    }

    /// The same graph with some of its inputs known: a shape, say, or bounds that never change.
    public func binding(_ values: [String: Literal]) throws(GraphError) -> Graph {
        if let stranger = values.keys.first(where: { name in !inputs.contains { $0.name == name } }) {
            throw .badInput(name: stranger, detail: "is no input of the graph")
        }
        return Graph(self, binding: values)
    }

    private init(_ graph: Graph, binding values: [String: Literal]) {
        (name, opset, outputs, nodes) = (graph.name, graph.opset, graph.outputs, graph.nodes)
        inputs = graph.inputs.filter { values[$0.name] == nil }
        literals = graph.literals.merging(values) { _, bound in bound }
    }

    /// The most axes a tensor may have.
    public static let maximumRank = 8
}
