/// Writes protocol buffers by hand, so that tests can also write wrong ones.
struct Wire {
    var bytes: [UInt8] = []

    static func varint(_ value: UInt64) -> [UInt8] {
        var (rest, result) = (value, [UInt8]())
        repeat {
            result.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return result
    }

    mutating func key(_ field: UInt64, _ wireType: UInt64) { bytes += Wire.varint(field << 3 | wireType) }

    mutating func int(_ field: UInt64, _ value: Int64) {
        key(field, 0)
        bytes += Wire.varint(UInt64(bitPattern: value))
    }

    mutating func data(_ field: UInt64, _ content: [UInt8]) {
        key(field, 2)
        bytes += Wire.varint(UInt64(content.count)) + content
    }

    mutating func text(_ field: UInt64, _ content: String) { data(field, Array(content.utf8)) }

    mutating func message(_ field: UInt64, _ build: (inout Wire) -> Void) {
        var inner = Wire()
        build(&inner)
        data(field, inner.bytes)
    }

    static func floats(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    }
}

/// Small ONNX files.
enum ModelBuilder {
    static func model(opset: Int64 = 17, _ graph: (inout Wire) -> Void) -> [UInt8] {
        var model = Wire()
        model.int(1, 8)
        model.message(8) { $0.int(2, opset) }
        model.message(7, graph)
        return model.bytes
    }

    static func port(_ graph: inout Wire, _ field: UInt64, _ name: String, _ shape: [Int64], type: Int64 = 1) {
        graph.message(field) { port in
            port.text(1, name)
            port.message(2) { value in
                value.message(1) { tensor in
                    tensor.int(1, type)
                    tensor.message(2) { dims in
                        for length in shape {
                            dims.message(1) { length < 0 ? $0.text(2, "N") : $0.int(1, length) }
                        }
                    }
                }
            }
        }
    }

    static func initializer(_ graph: inout Wire, _ name: String, _ shape: [Int64], _ values: [Float]) {
        graph.message(5) { tensor in
            for length in shape { tensor.int(1, length) }
            tensor.int(2, 1)
            tensor.text(8, name)
            tensor.data(9, Wire.floats(values))
        }
    }

    /// A list of integers.
    static func integers(_ graph: inout Wire, _ name: String, _ values: [Int64]) {
        graph.message(5) { tensor in
            tensor.int(1, Int64(values.count))
            tensor.int(2, 7)
            tensor.text(8, name)
            tensor.data(7, values.flatMap { Wire.varint(UInt64(bitPattern: $0)) })
        }
    }

    static func node(
        _ graph: inout Wire, _ type: String, _ inputs: [String], _ outputs: [String],
        ints: [(String, [Int64])] = [], texts: [(String, String)] = []
    ) {
        graph.message(1) { node in
            for name in inputs { node.text(1, name) }
            for name in outputs { node.text(2, name) }
            node.text(4, type)
            for (name, values) in ints {
                node.message(5) { attribute in
                    attribute.text(1, name)
                    attribute.data(8, values.flatMap { Wire.varint(UInt64(bitPattern: $0)) })
                    attribute.int(20, 7)
                }
            }
            for (name, value) in texts {
                node.message(5) { attribute in
                    attribute.text(1, name)
                    attribute.text(4, value)
                    attribute.int(20, 3)
                }
            }
        }
    }

    /// Convolution, ReLU, pooling and a reshape: 2 × 1 × 4 × 4 numbers to N × 3.
    static let small = model { graph in
        graph.text(2, "small")
        port(&graph, 11, "x", [-1, 1, 4, 4])
        port(&graph, 12, "y", [-1, 3])
        initializer(&graph, "w", [3, 1, 3, 3], (0..<27).map { Float($0) / 8 - 1.5 })
        initializer(&graph, "b", [3], [0.5, -0.5, 0])
        graph.message(5) { tensor in
            tensor.int(1, 2)
            tensor.int(2, 7)
            tensor.text(8, "shape")
            tensor.data(7, [0, 3])
        }
        node(&graph, "Conv", ["x", "w", "b"], ["c"], ints: [("pads", [1, 1, 1, 1]), ("strides", [2, 2])])
        node(&graph, "Relu", ["c"], ["r"])
        node(&graph, "GlobalAveragePool", ["r"], ["p"])
        node(&graph, "Reshape", ["p", "shape"], ["y"])
    }
}
