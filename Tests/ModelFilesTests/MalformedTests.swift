import Foundation
import Inference
import ModelFiles
import Tensor
import TestSupport
import Testing

/// Files from strangers: an error that says what is wrong, never a crash, a hang or a flood of memory.
struct MalformedTests {
    /// Loads, plans and runs as far as the bytes allow. Runs are limited to small inputs.
    static func use(_ bytes: [UInt8]) throws {
        let graph = try ONNXModel.graph(bytes)
        var limits = PlanLimits()
        limits.maximumElements = 1 << 16
        limits.arenaElements = 1 << 18
        let plan = try Plan(graph, limits: limits)
        var inputs: [String: Tensor] = [:]
        for port in graph.inputs {
            let shape = (port.shape ?? []).map { axis in if case .fixed(let length) = axis { length } else { 2 } }
            guard let count = Shape.count(shape), count <= 1 << 12 else { return }
            inputs[port.name] = Tensor(shape: shape, values: Closeness.noise(count))
        }
        _ = try Session(plan).run(inputs)
    }

    @Test func theSmallModelIsWhole() throws {
        try Self.use(ModelBuilder.small)
    }

    @Test func everyTruncationIsRefused() {
        // The graph is the last field, so whatever is cut off is missing.
        for length in 0..<ModelBuilder.small.count {
            #expect(throws: ModelFileError.self, "cut at \(length)") {
                try Self.use(Array(ModelBuilder.small.prefix(length)))
            }
        }
    }

    static let hostile: [(name: String, bytes: [UInt8])] = [
        ("empty", []),
        ("only zeros", [UInt8](repeating: 0, count: 100)),
        ("only ones", [UInt8](repeating: 0xff, count: 100)),
        ("a length beyond the end", [0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
        ("a length of 2^63", [0x3a] + [UInt8](repeating: 0xff, count: 9) + [0x01]),
        ("a group", [0x3b, 0x3c]),
        ("a graph as a number", [0x38, 0x01]),
        ("two graphs", ModelBuilder.small + ModelBuilder.small),
        (
            "no opset",
            {
                var wire = Wire(); wire.message(7) { $0.text(2, "g") }; return wire.bytes
            }()
        ),
        ("opset 99", ModelBuilder.model(opset: 99) { $0.text(2, "g") }),
        ("text that is not UTF-8", ModelBuilder.model { $0.data(2, [0xff, 0xfe]) }),
        ("a name of a megabyte", ModelBuilder.model { $0.text(2, String(repeating: "x", count: 1 << 20)) }),
        (
            "a tensor of 2^62 floats",
            ModelBuilder.model { ModelBuilder.initializer(&$0, "w", [1 << 31, 1 << 31], [1]) }
        ),
        (
            "a tensor of overflowing shape",
            ModelBuilder.model { ModelBuilder.initializer(&$0, "w", [1 << 62, 1 << 62, 4], [1]) }
        ),
        ("a negative length", ModelBuilder.model { ModelBuilder.initializer(&$0, "w", [-1], [1]) }),
        ("too few values", ModelBuilder.model { ModelBuilder.initializer(&$0, "w", [3], [1, 2]) }),
        (
            "too many axes",
            ModelBuilder.model { ModelBuilder.initializer(&$0, "w", [Int64](repeating: 1, count: 9), [1]) }
        ),
        (
            "the same weight twice",
            ModelBuilder.model { graph in
                for _ in 0..<2 { ModelBuilder.initializer(&graph, "w", [1], [1]) }
            }
        ),
        (
            "float16 weights",
            ModelBuilder.model { graph in
                graph.message(5) {
                    $0.int(1, 1); $0.int(2, 10); $0.text(8, "w"); $0.data(9, [0, 0])
                }
            }
        ),
        (
            "external data",
            ModelBuilder.model { graph in
                graph.message(5) {
                    $0.int(1, 1); $0.int(2, 1); $0.text(8, "w"); $0.int(14, 1)
                }
            }
        ),
        (
            "a subgraph",
            ModelBuilder.model { graph in
                graph.message(1) { node in
                    node.text(2, "y"); node.text(4, "If")
                    node.message(5) {
                        $0.text(1, "then_branch"); $0.data(6, []); $0.int(20, 5)
                    }
                }
            }
        ),
        (
            "another domain",
            ModelBuilder.model { graph in
                graph.message(1) {
                    $0.text(2, "y"); $0.text(4, "Conv"); $0.text(7, "com.example")
                }
            }
        ),
        (
            "a node that reads itself",
            ModelBuilder.model { graph in
                ModelBuilder.node(&graph, "Relu", ["y"], ["y"])
                ModelBuilder.port(&graph, 12, "y", [1])
            }
        ),
        ("an output that nobody makes", ModelBuilder.model { ModelBuilder.port(&$0, 12, "y", [1]) }),
        (
            "a missing input",
            ModelBuilder.model { graph in
                ModelBuilder.node(&graph, "Relu", ["x"], ["y"])
                ModelBuilder.port(&graph, 12, "y", [1])
            }
        ),
        (
            "21,000 nodes",
            ModelBuilder.model { graph in
                for index in 0..<21_000 { ModelBuilder.node(&graph, "Relu", ["x"], ["\(index)"]) }
            }
        ),
        (
            "2 million packed integers",
            ModelBuilder.model { graph in
                graph.message(5) {
                    $0.int(1, 2_000_000); $0.int(2, 7); $0.text(8, "i");
                    $0.data(7, [UInt8](repeating: 1, count: 2_000_000))
                }
            }
        ),
        (
            "a kernel of 2^40",
            ModelBuilder.model { graph in
                ModelBuilder.port(&graph, 11, "x", [1, 1, 4, 4])
                ModelBuilder.node(&graph, "MaxPool", ["x"], ["y"], ints: [("kernel_shape", [1 << 40, 1])])
                ModelBuilder.port(&graph, 12, "y", [1, 1, 4, 4])
            }
        ),
        (
            "padding of 2^60",
            ModelBuilder.model { graph in
                ModelBuilder.port(&graph, 11, "x", [1, 1, 4, 4])
                ModelBuilder.node(
                    &graph, "MaxPool", ["x"], ["y"], ints: [("kernel_shape", [1, 1]), ("pads", [1 << 60, 0, 0, 0])])
                ModelBuilder.port(&graph, 12, "y", [1, 1, 4, 4])
            }
        ),
        (
            "a sequence as input",
            ModelBuilder.model { graph in
                graph.message(11) { port in
                    port.text(1, "x"); port.message(2) { $0.data(4, []) }
                }
            }
        ),
    ]

    @Test(arguments: hostile.indices)
    func hostileFilesAreRefused(index: Int) {
        let (name, bytes) = Self.hostile[index]
        #expect(throws: ModelFileError.self, "\(name)") { try Self.use(bytes) }
    }

    /// Files that parse but ask for too much when planned.
    @Test func floodsAreRefused() {
        func repeated(_ times: Int64) -> [UInt8] {
            ModelBuilder.model { graph in
                graph.message(5) {
                    $0.int(1, 2); $0.int(2, 7); $0.text(8, "shape");
                    $0.data(7, Wire.varint(UInt64(times)) + Wire.varint(UInt64(times)))
                }
                for index in 0..<1000 { ModelBuilder.node(&graph, "ConstantOfShape", ["shape"], ["v\(index)"]) }
                ModelBuilder.port(&graph, 12, "v0", [1])
            }
        }
        for times: Int64 in [300, 3000, 1 << 31, 1 << 62] {
            #expect(throws: GraphError.self, "\(times)²") { try Self.use(repeated(times)) }
        }
    }
}
