import Tensor

/// Reads one node's attributes, each in its type and range; what nobody asked for is refused by `finish`.
final class NodeReader {
    let name: String
    let type: String
    let opset: Int
    let inputs: [String]
    let outputCount: Int
    private var unread: [String: Attribute]
    private var inputRange = 0...Int.max
    private var outputLimit = 1

    init(_ description: NodeDescription, name: String, opset: Int) {
        self.name = name
        self.opset = opset
        type = description.type
        inputs = description.inputs
        outputCount = description.outputs.count
        unread = description.attributes
    }

    /// States how many inputs and outputs the operator takes.
    func expect(inputs range: ClosedRange<Int>, outputs: Int = 1) {
        inputRange = range
        outputLimit = outputs
    }

    func has(_ attribute: String) -> Bool { unread[attribute] != nil }

    func int(_ attribute: String, default value: Int, in range: ClosedRange<Int> = -65536...65536) throws(GraphError)
        -> Int
    {
        try optionalInt(attribute, in: range) ?? value
    }

    func optionalInt(_ attribute: String, in range: ClosedRange<Int> = -65536...65536) throws(GraphError) -> Int? {
        switch unread.removeValue(forKey: attribute) {
        case nil: return nil
        case .int(let value):
            guard let number = Int(exactly: value), range.contains(number) else {
                throw bad(attribute, "is \(value), not in \(range)")
            }
            return number
        default: throw bad(attribute, "is not an integer")
        }
    }

    func flag(_ attribute: String, default value: Bool = false) throws(GraphError) -> Bool {
        try int(attribute, default: value ? 1 : 0, in: 0...1) != 0
    }

    func float(_ attribute: String, default value: Float) throws(GraphError) -> Float {
        switch unread.removeValue(forKey: attribute) {
        case nil: return value
        case .float(let number): return number
        default: throw bad(attribute, "is not a float")
        }
    }

    func string(_ attribute: String, default value: String) throws(GraphError) -> String {
        switch unread.removeValue(forKey: attribute) {
        case nil: return value
        case .string(let text): return text
        default: throw bad(attribute, "is not a string")
        }
    }

    func ints(_ attribute: String, in range: ClosedRange<Int> = -65536...65536, count: Int? = nil) throws(GraphError)
        -> [Int]?
    {
        switch unread.removeValue(forKey: attribute) {
        case nil: return nil
        case .ints(let values):
            if let count, values.count != count {
                throw bad(attribute, "has \(values.count) values, supported: \(count)")
            }
            var numbers: [Int] = []
            for value in values {
                guard let number = Int(exactly: value), range.contains(number) else {
                    throw bad(attribute, "holds \(value), not in \(range)")
                }
                numbers.append(number)
            }
            return numbers
        default: throw bad(attribute, "is not a list of integers")
        }
    }

    func floats(_ attribute: String) throws(GraphError) -> [Float]? {
        switch unread.removeValue(forKey: attribute) {
        case nil: return nil
        case .floats(let values): return values
        default: throw bad(attribute, "is not a list of floats")
        }
    }

    func literal(_ attribute: String) throws(GraphError) -> Literal? {
        switch unread.removeValue(forKey: attribute) {
        case nil: return nil
        case .literal(let value): return value
        default: throw bad(attribute, "is not a tensor")
        }
    }

    /// Drops an attribute that changes nothing at inference, such as BatchNormalization's momentum.
    func ignore(_ attribute: String) { unread[attribute] = nil }

    func bad(_ attribute: String, _ detail: String) -> GraphError {
        .badAttribute(node: name, attribute: attribute, detail: detail)
    }

    func unsupported(_ attribute: String, _ detail: String) -> GraphError {
        .unsupportedAttribute(node: name, attribute: attribute, detail: detail)
    }

    func finish(inputCount: Int) throws(GraphError) {
        guard inputRange.contains(inputCount) else {
            throw .inputCount(node: name, found: inputCount, expected: inputRange)
        }
        guard (1...outputLimit).contains(outputCount) else {
            throw .outputCount(node: name, found: outputCount, supported: outputLimit)
        }
        if let attribute = unread.keys.min() {
            throw .unsupportedAttribute(node: name, attribute: attribute, detail: "\(type) does not know it")
        }
    }
}
