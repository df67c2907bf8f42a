import Inference

/// Reads onnx.proto's GraphProto, NodeProto, AttributeProto and ValueInfoProto.
struct GraphReader {
    private(set) var name = ""
    private(set) var inputs: [Graph.Port] = []
    private(set) var outputs: [Graph.Port] = []
    private(set) var literals: [String: Literal] = [:]
    private(set) var nodes: [NodeDescription] = []
    private var tensors = TensorReader()
    private var partsLeft = Limits.parts

    mutating func read(_ reader: WireReader) throws(ModelFileError) {
        var (reader, parts) = (reader, self)
        try reader.forEachField { field, key throws(ModelFileError) in
            switch key.field {
            case 1: parts.nodes.append(try parts.node(field.message(key, "GraphProto.node")))
            case 2: parts.name = try field.string(key, "GraphProto.name")
            case 5:
                let (name, value) = try parts.tensors.read(field.message(key, "GraphProto.initializer"))
                guard parts.literals.updateValue(value, forKey: name) == nil else { throw .graph(.duplicateName(name)) }
            case 11: parts.inputs.append(try parts.port(field.message(key, "GraphProto.input")))
            case 12: parts.outputs.append(try parts.port(field.message(key, "GraphProto.output")))
            case 15: throw .unsupported(what: "graph part", name: "sparse_initializer", supported: "dense tensors")
            default: return false
            }
            try parts.check()
            return true
        }
        self = parts
    }

    private func check() throws(ModelFileError) {
        for (what, count, limit) in [
            ("nodes", nodes.count, Limits.nodes), ("initializers", literals.count, Limits.literals),
            ("inputs", inputs.count, Limits.literals), ("outputs", outputs.count, Limits.ports),
        ] where count > limit {
            throw .limit(what: what, value: count, limit: limit)
        }
    }

    private mutating func node(_ reader: WireReader) throws(ModelFileError) -> NodeDescription {
        var (reader, parts) = (reader, self)
        var node = NodeDescription(type: "", inputs: [], outputs: [])
        var domain = ""
        try reader.forEachField { field, key throws(ModelFileError) in
            switch key.field {
            case 1: node.inputs.append(try field.string(key, "NodeProto.input"))
            case 2: node.outputs.append(try field.string(key, "NodeProto.output"))
            case 3: node.name = try field.string(key, "NodeProto.name")
            case 4: node.type = try field.string(key, "NodeProto.op_type")
            case 5:
                if let (name, value) = try parts.attribute(field.message(key, "NodeProto.attribute")) {
                    guard node.attributes.updateValue(value, forKey: name) == nil else {
                        throw .graph(.duplicateName(name))
                    }
                }
            case 7: domain = try field.string(key, "NodeProto.domain")
            default: return false
            }
            for (what, count, limit) in [
                ("inputs of a node", node.inputs.count, Limits.nodeEnds),
                ("outputs of a node", node.outputs.count, Limits.nodeEnds),
                ("attributes of a node", node.attributes.count, Limits.attributes),
            ] where count > limit {
                throw .limit(what: what, value: count, limit: limit)
            }
            return true
        }
        guard domain == "" || domain == "ai.onnx" else {
            throw .unsupported(what: "operator", name: "\(domain).\(node.type)", supported: "the domain ai.onnx")
        }
        parts.partsLeft -= 1 + node.inputs.count + node.outputs.count + node.attributes.count
        guard parts.partsLeft >= 0 else {
            throw .limit(what: "parts of the graph", value: Limits.parts - parts.partsLeft, limit: Limits.parts)
        }
        self = parts
        return node
    }

    private mutating func attribute(_ reader: WireReader) throws(ModelFileError) -> (String, Attribute)? {
        var (reader, parts) = (reader, self)
        var name = ""
        var type: Int64 = 0
        var (number, real, text): (Int64, Float, String) = (0, 0, "")
        var (ints, floats, strings): ([Int64], [Float], [String]) = ([], [], [])
        var literal: Literal?
        var present: Int64 = 0
        try reader.forEachField { field, key throws(ModelFileError) in
            switch key.field {
            case 1: name = try field.string(key, "AttributeProto.name")
            case 2: (real, present) = (try field.float(key, "AttributeProto.f"), 1)
            case 3: (number, present) = (try field.int(key, "AttributeProto.i"), 2)
            case 4: (text, present) = (try field.string(key, "AttributeProto.s"), 3)
            case 5: (literal, present) = (try parts.tensors.read(field.message(key, "AttributeProto.t")).value, 4)
            case 7:
                present = 6
                try field.floats(key, "AttributeProto.floats", to: &floats, limit: Limits.listEntries)
            case 8:
                present = 7
                try field.ints(key, "AttributeProto.ints", to: &ints, limit: Limits.listEntries)
            case 9:
                present = 8
                strings.append(try field.string(key, "AttributeProto.strings"))
                guard strings.count <= Limits.nodeEnds else {
                    throw .limit(what: "strings of an attribute", value: strings.count, limit: Limits.nodeEnds)
                }
            case 20: type = try field.int(key, "AttributeProto.type")
            case 6, 10, 11, 14, 15, 21, 22, 23:
                throw .unsupported(
                    what: "attribute", name: name, supported: "numbers, text, lists of them and dense tensors")
            default: return false
            }
            return true
        }
        parts.partsLeft -= strings.count
        parts.tensors.integersLeft -= ints.count
        guard parts.tensors.integersLeft >= 0 else {
            throw .limit(
                what: "integers in tensors and attributes", value: Limits.integers - parts.tensors.integersLeft,
                limit: Limits.integers)
        }
        self = parts
        // Files of IR version 1 may leave the type out; an empty list leaves only the type.
        switch type == 0 ? present : type {
        case 1: return (name, .float(real))
        case 2: return (name, .int(number))
        case 3: return (name, .string(text))
        case 4: if let literal { return (name, .literal(literal)) }
        case 6: return (name, .floats(floats))
        case 7: return (name, .ints(ints))
        case 8: return (name, .strings(strings))
        default: break
        }
        throw .unsupported(
            what: "attribute", name: "\(name) of type \(type)",
            supported: "numbers, text, lists of them and dense tensors")
    }

    private func port(_ reader: WireReader) throws(ModelFileError) -> Graph.Port {
        var reader = reader
        var name = ""
        var type: WireReader?
        try reader.forEachField { field, key throws(ModelFileError) in
            switch key.field {
            case 1: name = try field.string(key, "ValueInfoProto.name")
            case 2: type = try field.message(key, "ValueInfoProto.type")
            default: return false
            }
            return true
        }
        guard var type else { return Graph.Port(name: name, shape: nil) }
        var tensor: WireReader?
        try type.forEachField { field, key throws(ModelFileError) in
            guard key.field == 1 else {
                if key.field == 6 { return false }
                throw .unsupported(what: "type of value", name: name, supported: "dense tensors")
            }
            tensor = try field.message(key, "TypeProto.tensor_type")
            return true
        }
        guard var tensor else { return Graph.Port(name: name, shape: nil) }
        var element: Int64 = 0
        var axes: [Graph.Axis]?
        try tensor.forEachField { field, key throws(ModelFileError) in
            switch key.field {
            case 1: element = try field.int(key, "TypeProto.Tensor.elem_type")
            case 2: axes = try shape(field.message(key, "TypeProto.Tensor.shape"))
            default: return false
            }
            return true
        }
        guard let known = Int(exactly: element).flatMap(ElementType.init(rawValue:)) else {
            throw .unsupported(
                what: "element type \(TensorReader.elementName(element)) of value", name: name,
                supported: ElementType.supported)
        }
        return Graph.Port(name: name, type: known, shape: axes)
    }

    private func shape(_ reader: WireReader) throws(ModelFileError) -> [Graph.Axis] {
        var reader = reader
        var axes: [Graph.Axis] = []
        try reader.forEachField { field, key throws(ModelFileError) in
            guard key.field == 1 else { return false }
            var axis = Graph.Axis.dynamic("")
            var dimension = try field.message(key, "TensorShapeProto.dim")
            try dimension.forEachField { field, key throws(ModelFileError) in
                switch key.field {
                case 1:
                    let length = try field.int(key, "Dimension.dim_value")
                    guard (0...Int64(1 << 28)).contains(length) else {
                        throw .limit(what: "length of an axis", value: Int(truncatingIfNeeded: length), limit: 1 << 28)
                    }
                    axis = .fixed(Int(length))
                case 2: axis = .dynamic(try field.string(key, "Dimension.dim_param"))
                default: return false
                }
                return true
            }
            axes.append(axis)
            guard axes.count <= Graph.maximumRank else {
                throw .limit(what: "axes of a value", value: axes.count, limit: Graph.maximumRank)
            }
            return true
        }
        return axes
    }
}
