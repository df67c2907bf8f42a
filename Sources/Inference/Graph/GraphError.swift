/// Why a graph cannot be planned or run. Every case names the node or value it is about.
public enum GraphError: Error, Equatable, CustomStringConvertible {
    case unsupportedOpset(Int, supported: ClosedRange<Int>)
    case unsupportedOperator(node: String, type: String)
    case unsupportedAttribute(node: String, attribute: String, detail: String)
    case unsupportedType(name: String, type: String, supported: String)
    case badAttribute(node: String, attribute: String, detail: String)
    case missingAttribute(node: String, attribute: String)
    case inputCount(node: String, found: Int, expected: ClosedRange<Int>)
    case outputCount(node: String, found: Int, supported: Int)
    case duplicateName(String)
    case undefinedName(String, neededBy: String)
    case cycle(through: String)
    case badShape(node: String, detail: String)
    case needsKnownValue(node: String, input: Int)
    case tooLarge(node: String, what: String, limit: Int)
    case badInput(name: String, detail: String)
    case unsupportedPrecision(String)

    public var description: String {
        switch self {
        case .unsupportedOpset(let opset, let supported):
            "opset \(opset) is not supported: \(supported.lowerBound) to \(supported.upperBound) are"
        case .unsupportedOperator(let node, let type):
            "node '\(node)': operator '\(type)' is not supported; supported: "
                + OperatorRegistry.names.joined(separator: ", ")
        case .unsupportedAttribute(let node, let attribute, let detail):
            "node '\(node)': attribute '\(attribute)' is not supported: \(detail)"
        case .unsupportedType(let name, let type, let supported):
            "'\(name)' has type \(type); supported: \(supported)"
        case .badAttribute(let node, let attribute, let detail):
            "node '\(node)': attribute '\(attribute)' \(detail)"
        case .missingAttribute(let node, let attribute): "node '\(node)': attribute '\(attribute)' is missing"
        case .inputCount(let node, let found, let expected):
            "node '\(node)': \(found) inputs, expected \(expected.lowerBound) to \(expected.upperBound)"
        case .outputCount(let node, let found, let supported):
            "node '\(node)': \(found) outputs, supported: \(supported)"
        case .duplicateName(let name): "'\(name)' is defined twice"
        case .undefinedName(let name, let node): "'\(name)', needed by '\(node)', is nowhere defined"
        case .cycle(let node): "the graph has a cycle through '\(node)'"
        case .badShape(let node, let detail): "node '\(node)': \(detail)"
        case .needsKnownValue(let node, let input):
            "node '\(node)': input \(input) must be known before the run, not computed from the data"
        case .tooLarge(let node, let what, let limit): "'\(node)': \(what), the limit is \(limit)"
        case .badInput(let name, let detail): "input '\(name)': \(detail)"
        case .unsupportedPrecision(let detail): "precision: \(detail)"
        }
    }
}
