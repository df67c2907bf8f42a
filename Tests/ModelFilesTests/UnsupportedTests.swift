import Inference
import ModelFiles
import Tensor
import Testing

/// What the engine does not do is refused when the file is loaded, by name and with what it does instead.
struct UnsupportedTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        /// What the message must name.
        let names: [String]
        let bytes: [UInt8]
        var testDescription: String { what }
    }

    /// x [1, 1, 4, 4] and one node "n" from it to y.
    static func model(
        _ type: String, _ inputs: [String] = ["x"], outputs: [String] = ["y"], opset: Int64 = 17, input: Int64 = 1,
        domain: String = "", attributes: [(String, (inout Wire) -> Void)] = [],
        more: (inout Wire) -> Void = { _ in }
    ) -> [UInt8] {
        ModelBuilder.model(opset: opset) { graph in
            ModelBuilder.port(&graph, 11, "x", [1, 1, 4, 4], type: input)
            more(&graph)
            graph.message(1) { node in
                for name in inputs { node.text(1, name) }
                for name in outputs { node.text(2, name) }
                node.text(3, "n")
                node.text(4, type)
                if !domain.isEmpty { node.text(7, domain) }
                for (name, value) in attributes {
                    node.message(5) { attribute in
                        attribute.text(1, name)
                        value(&attribute)
                    }
                }
            }
            ModelBuilder.port(&graph, 12, "y", [-1])
        }
    }

    static func text(_ value: String) -> (inout Wire) -> Void {
        {
            $0.text(4, value); $0.int(20, 3)
        }
    }
    static func ints(_ values: [UInt64]) -> (inout Wire) -> Void {
        {
            $0.data(8, values.flatMap(Wire.varint)); $0.int(20, 7)
        }
    }
    static func int(_ value: Int64) -> (inout Wire) -> Void {
        {
            $0.int(3, value); $0.int(20, 2)
        }
    }

    static let cases = [
        Case(what: "operator", names: ["'n'", "Einsum", "Conv, "], bytes: model("Einsum")),
        Case(what: "domain", names: ["com.example.Conv", "ai.onnx"], bytes: model("Conv", domain: "com.example")),
        Case(what: "opset below", names: ["6", "7 to 28"], bytes: model("Relu", opset: 6)),
        Case(what: "opset above", names: ["29", "7 to 28"], bytes: model("Relu", opset: 29)),
        Case(
            what: "attribute", names: ["'n'", "slope", "Relu"], bytes: model("Relu", attributes: [("slope", int(1))])),
        Case(
            what: "attribute's value", names: ["'n'", "mode", "cubic", "nearest and linear"],
            bytes: model("Resize", attributes: [("mode", text("cubic"))])),
        Case(
            what: "coordinates",
            names: ["'n'", "coordinate_transformation_mode", "tf_crop_and_resize", "half_pixel, "],
            bytes: model("Resize", attributes: [("coordinate_transformation_mode", text("tf_crop_and_resize"))])),
        Case(
            what: "padding", names: ["'n'", "auto_pad", "SOME", "SAME_UPPER"],
            bytes: model("MaxPool", attributes: [("kernel_shape", ints([1, 1])), ("auto_pad", text("SOME"))])),
        Case(
            what: "attribute's type", names: ["'n'", "group", "is not an integer"],
            bytes: model("Conv", ["x", "x"], attributes: [("group", text("2"))])),
        Case(
            what: "spatial axes", names: ["'n'", "kernel_shape", "3 values", "1 or 2 spatial axes"],
            bytes: model("MaxPool", attributes: [("kernel_shape", ints([2, 2, 2]))])),
        Case(
            what: "shape", names: ["'n'", "[1, 1, 2, 2, 2]", "differ in their number of axes"],
            bytes: model("Conv", ["x", "w"]) { graph in
                ModelBuilder.initializer(&graph, "w", [1, 1, 2, 2, 2], [Float](repeating: 0, count: 8))
            }),
        Case(
            what: "computed weights", names: ["'n'", "input 1", "known before the run"],
            bytes: model("Conv", ["x", "x"])),
        Case(
            what: "second output", names: ["'n'", "2 outputs", "supported: 1"],
            bytes: model("MaxPool", outputs: ["y", "z"], attributes: [("kernel_shape", ints([2, 2]))])),
        Case(
            what: "input's type", names: ["'x'", "float64", "float32, int32, int64, bool"],
            bytes: model("Relu", input: 11)),
        Case(
            what: "input of integers", names: ["'x'", "int64", "float32 inputs"],
            bytes: model("Identity", input: 7)),
        Case(
            what: "weights' type", names: ["'w'", "float16", "float32, int32, int64, bool"],
            bytes: model("Add", ["x", "w"]) { graph in
                graph.message(5) {
                    $0.int(1, 1); $0.int(2, 10); $0.text(8, "w"); $0.data(9, [0, 0])
                }
            }),
        Case(
            what: "external data", names: ["'w'", "in the file itself"],
            bytes: model("Add", ["x", "w"]) { graph in
                graph.message(5) {
                    $0.int(1, 1); $0.int(2, 1); $0.text(8, "w"); $0.int(14, 1)
                }
            }),
        Case(
            what: "sparse weights", names: ["sparse_initializer", "dense tensors"],
            bytes: model("Relu") { $0.data(15, []) }),
        Case(
            what: "subgraph", names: ["body", "numbers, text, lists"],
            bytes: model("Relu", attributes: [("body", { $0.data(6, []) })])),
        Case(
            what: "types that do not mix", names: ["'n'", "input 1", "int64", "float32"],
            bytes: model("Add", ["x", "s"]) { ModelBuilder.integers(&$0, "s", [1]) }),
    ]

    @Test(arguments: cases)
    func isRefusedByName(_ test: Case) throws {
        var message = "accepted"
        do { _ = try Plan(ONNXModel.graph(test.bytes)) } catch { message = "\(error)" }
        for name in test.names { #expect(message.contains(name), "\(message)") }
    }
}
