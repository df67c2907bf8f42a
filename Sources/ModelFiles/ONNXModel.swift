import Inference

/// Reads `.onnx` files: onnx.proto's ModelProto with one graph of the standard operators.
///
/// The bytes may come from anyone. What the engine cannot run is refused by name; reading takes time and memory in
/// proportion to the file.
public enum ONNXModel {
    /// - Parameter bytes: the file's content; nothing of it is kept.
    public static func graph(_ bytes: [UInt8]) throws(ModelFileError) -> Graph {
        // `withUnsafeBytes` passes on untyped errors only, so the result carries the error out.
        let result: Result<Graph, ModelFileError> = bytes.withUnsafeBytes { raw in
            do throws(ModelFileError) { return .success(try graph(raw)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    public static func graph(_ bytes: UnsafeRawBufferPointer) throws(ModelFileError) -> Graph {
        guard bytes.count <= Limits.fileBytes else {
            throw .limit(what: "bytes of the file", value: bytes.count, limit: Limits.fileBytes)
        }
        var reader = WireReader(bytes)
        var parts: GraphReader?
        var opset: Int64?
        try reader.forEachField { field, key throws(ModelFileError) in
            switch key.field {
            case 7:
                guard parts == nil else { throw .badWire(offset: field.offset, detail: "a second graph") }
                var graph = GraphReader()
                try graph.read(field.message(key, "ModelProto.graph"))
                parts = graph
            case 8:
                let (domain, version) = try opsetImport(field.message(key, "ModelProto.opset_import"))
                if domain == "" || domain == "ai.onnx" { opset = version }
            case 25:
                throw .unsupported(what: "model part", name: "functions", supported: "graphs of standard operators")
            default: return false
            }
            return true
        }
        guard let parts else { throw .noGraph }
        guard let opset else { throw .unsupported(what: "opset", name: "none", supported: "\(Graph.supportedOpsets)") }
        do throws(GraphError) {
            return try Graph(
                name: parts.name, opset: Int(clamping: opset), inputs: parts.inputs, outputs: parts.outputs,
                literals: parts.literals, nodes: parts.nodes)
        } catch {
            throw .graph(error)
        }
    }

    private static func opsetImport(_ reader: WireReader) throws(ModelFileError) -> (domain: String, version: Int64) {
        var reader = reader
        var (domain, version): (String, Int64) = ("", 0)
        try reader.forEachField { field, key throws(ModelFileError) in
            switch key.field {
            case 1: domain = try field.string(key, "OperatorSetIdProto.domain")
            case 2: version = try field.int(key, "OperatorSetIdProto.version")
            default: return false
            }
            return true
        }
        return (domain, version)
    }
}
