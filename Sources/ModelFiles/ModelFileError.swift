import Inference

/// Why bytes are not a model this engine can run. Offsets count bytes from the start of the file.
public enum ModelFileError: Error, Equatable, CustomStringConvertible {
    case truncated(offset: Int)
    case badWire(offset: Int, detail: String)
    /// A field of a known message with another wire type than onnx.proto gives it.
    case wrongWireType(offset: Int, field: String, found: UInt64)
    case badText(offset: Int, field: String)
    case limit(what: String, value: Int, limit: Int)
    case unsupported(what: String, name: String, supported: String)
    case badTensor(name: String, detail: String)
    case noGraph
    case graph(GraphError)

    public var description: String {
        switch self {
        case .truncated(let offset): "the file ends early at byte \(offset)"
        case .badWire(let offset, let detail): "byte \(offset): \(detail)"
        case .wrongWireType(let offset, let field, let found): "byte \(offset): \(field) has wire type \(found)"
        case .badText(let offset, let field): "byte \(offset): \(field) is not UTF-8"
        case .limit(let what, let value, let limit): "\(what): \(value), the limit is \(limit)"
        case .unsupported(let what, let name, let supported): "\(what) '\(name)' is not supported: \(supported)"
        case .badTensor(let name, let detail): "tensor '\(name)' \(detail)"
        case .noGraph: "the file holds no graph"
        case .graph(let error): error.description
        }
    }
}
