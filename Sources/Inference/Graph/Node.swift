/// A node as a file states it, before it is checked.
public struct NodeDescription: Sendable {
    public var name: String
    public var type: String
    /// "" marks an optional input that is left out.
    public var inputs: [String]
    public var outputs: [String]
    public var attributes: [String: Attribute]

    public init(
        name: String = "", type: String, inputs: [String], outputs: [String], attributes: [String: Attribute] = [:]
    ) {
        self.name = name
        self.type = type
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
    }
}

public enum Attribute: Sendable, Equatable {
    case int(Int64)
    case float(Float)
    case string(String)
    case ints([Int64])
    case floats([Float])
    case strings([String])
    case literal(Literal)
}

/// A checked node: its operator with the attributes read.
public struct Node: Sendable {
    /// Unlike that of any other node of the graph.
    public let name: String
    /// The operator's ONNX name, for instance "Conv"; operators made by fusion have names of their own.
    public let type: String
    public var inputs: [String]
    public var outputs: [String]
    var op: any Operator

    init(_ description: NodeDescription, opset: Int) throws(GraphError) {
        name = description.name
        type = description.type
        inputs = description.inputs
        outputs = description.outputs
        while inputs.last == "" { inputs.removeLast() }
        guard let operatorType = OperatorRegistry.find(description.type) else {
            throw .unsupportedOperator(node: name, type: description.type)
        }
        let reader = NodeReader(description, name: name, opset: opset)
        op = try operatorType.init(reader)
        try reader.finish(inputCount: inputs.count)
    }

    init(name: String, type: String, inputs: [String], outputs: [String], op: any Operator) {
        self.name = name
        self.type = type
        self.inputs = inputs
        self.outputs = outputs
        self.op = op
    }
}
