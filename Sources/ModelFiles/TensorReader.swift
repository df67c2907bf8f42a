import Inference
import Tensor

/// Reads onnx.proto's TensorProto: float32, int32, int64 and bool values kept in the file itself.
struct TensorReader {
    /// Integers that the file may still hold.
    var integersLeft = Limits.integers

    mutating func read(_ reader: WireReader) throws(ModelFileError) -> (name: String, value: Literal) {
        var reader = reader
        var dims: [Int64] = []
        var type: Int64 = 0
        var name = ""
        var floats: [Float] = []
        var int32s: [Int64] = []
        var int64s: [Int64] = []
        var raw: WireReader?
        let integersLeft = integersLeft
        try reader.forEachField { field, key throws(ModelFileError) in
            switch key.field {
            case 1: try field.ints(key, "TensorProto.dims", to: &dims, limit: Graph.maximumRank)
            case 2: type = try field.int(key, "TensorProto.data_type")
            case 4: try field.floats(key, "TensorProto.float_data", to: &floats, limit: Limits.fileBytes / 4)
            case 5: try field.ints(key, "TensorProto.int32_data", to: &int32s, limit: integersLeft)
            case 7: try field.ints(key, "TensorProto.int64_data", to: &int64s, limit: integersLeft)
            case 8: name = try field.string(key, "TensorProto.name")
            case 9: raw = try field.message(key, "TensorProto.raw_data")
            case 3: throw .unsupported(what: "tensor part", name: "segment", supported: "whole tensors")
            case 13:
                throw .unsupported(what: "external data of tensor", name: name, supported: "values in the file itself")
            case 14:
                guard try field.int(key, "TensorProto.data_location") == 0 else {
                    throw .unsupported(
                        what: "external data of tensor", name: name, supported: "values in the file itself")
                }
            default: return false
            }
            return true
        }
        let (shape, count) = try shape(dims, name: name)
        guard let element = Int(exactly: type).flatMap(ElementType.init(rawValue:)) else {
            throw .unsupported(
                what: "element type of tensor '\(name)'", name: Self.elementName(type), supported: ElementType.supported
            )
        }
        func require(_ found: Int) throws(ModelFileError) {
            guard found == count else { throw .badTensor(name: name, detail: "has \(found) values for shape \(shape)") }
        }
        if element == .float32 {
            if let raw, count > 0 || raw.count > 0 {
                try require(raw.count % 4 == 0 ? raw.count / 4 : -1)
                let bytes = raw.rest
                floats = (0..<count).map {
                    Float(
                        bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
                }
            }
            try require(floats.count)
            return (name, .float(Tensor(shape: shape, values: floats)))
        }
        guard count <= integersLeft else {
            throw .limit(what: "integers in tensors and attributes", value: count, limit: Limits.integers)
        }
        var values = element == .int64 ? int64s : int32s
        if let raw, count > 0 || raw.count > 0 { values = try integers(raw, element, name: name) }
        try require(values.count)
        self.integersLeft -= count
        return (name, .integer(IntegerTensor(shape: shape, values: values, type: element)))
    }

    private func shape(_ dims: [Int64], name: String) throws(ModelFileError) -> ([Int], Int) {
        let shape = dims.map { Int(truncatingIfNeeded: $0) }
        guard let count = Shape.count(shape), count <= Limits.fileBytes else {
            throw .badTensor(name: name, detail: "has an impossible shape \(shape)")
        }
        return (shape, count)
    }

    private func integers(_ raw: WireReader, _ type: ElementType, name: String) throws(ModelFileError) -> [Int64] {
        let width = type == .int64 ? 8 : type == .int32 ? 4 : 1
        guard raw.count % width == 0, raw.count / width <= integersLeft else {
            throw .badTensor(name: name, detail: "has \(raw.count) raw bytes of \(type)")
        }
        let bytes = raw.rest
        return (0..<raw.count / width).map { index in
            switch width {
            case 8: Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self))
            case 4: Int64(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self)))
            default: bytes[index] == 0 ? 0 : 1
            }
        }
    }

    static func elementName(_ type: Int64) -> String {
        let names = [
            "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16",
            "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16",
        ]
        return Int(exactly: type).flatMap { names.indices.contains($0) ? names[$0] : nil } ?? "number \(type)"
    }
}
