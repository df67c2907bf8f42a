/// Well-formed models that would take far more memory or time than their size, were they let.
enum GreedyModels {
    static let all: [(name: String, bytes: [UInt8])] = [
        (
            "a weight added 2,000 times",
            chain(weight: [1 << 18], 2_000) { ("Add", [$0, "w"]) }
        ),
        (
            "a weight squared 2,000 times",
            model(weight: [1 << 18]) { graph in
                for index in 0..<2_000 { ModelBuilder.node(&graph, "Mul", ["w", "w"], ["v\(index)"]) }
            }
        ),
        (
            "one kernel for 2,000 convolutions",
            model(weight: [512, 512, 1, 1]) { graph in
                for index in 0..<2_000 { ModelBuilder.node(&graph, "Conv", ["p", "w"], ["v\(index)"]) }
            }
        ),
        (
            "normalizations of one weight",
            model(weight: [1 << 16]) { graph in
                for index in 0..<2_000 {
                    ModelBuilder.node(&graph, "BatchNormalization", ["q", "w", "w", "w", "w"], ["v\(index)"])
                }
            }
        ),
        (
            "one output channel of a million inputs",
            model(weight: [1, 1 << 20, 1, 1]) { graph in
                ModelBuilder.integers(&graph, "s", [1, 1 << 20, 1, 1])
                ModelBuilder.node(&graph, "Expand", ["x", "s"], ["wide"])
                ModelBuilder.node(&graph, "Conv", ["wide", "w"], ["v"])
            }
        ),
        (
            "a padded axis of 2^27",
            model { ModelBuilder.node(&$0, "Pad", ["p"], ["v"], ints: [("pads", [0, 0, 0, 0, 0, 0, 0, 60_000])]) }
        ),
        (
            "padding step by step to 2^27",
            model { graph in
                ModelBuilder.integers(&graph, "s", [0, 0, 0, 0, 0, 0, 0, 1 << 27])
                ModelBuilder.node(&graph, "Pad", ["p", "s"], ["v"])
            }
        ),
        (
            "a picture of 2^28",
            model { graph in
                ModelBuilder.integers(&graph, "s", [1, 512, 1, 1 << 28])
                ModelBuilder.node(&graph, "Resize", ["p", "", "", "s"], ["v"])
            }
        ),
        (
            "an entry gathered 900,000 times",
            model { graph in
                ModelBuilder.integers(&graph, "s", [Int64](repeating: 0, count: 900_000))
                ModelBuilder.node(&graph, "Gather", ["x", "s"], ["v"])
            }
        ),
        (
            "a list of 900,000 entries for 2,000 gatherings",
            model { graph in
                ModelBuilder.integers(&graph, "s", [Int64](repeating: 0, count: 900_000))
                for index in 0..<2_000 { ModelBuilder.node(&graph, "Gather", ["x", "s"], ["v\(index)"]) }
            }
        ),
        (
            "2^16 products of matrices 2,000 times",
            model { graph in
                ModelBuilder.integers(&graph, "s", [1 << 16, 1, 1])
                ModelBuilder.node(&graph, "Expand", ["x", "s"], ["many"])
                for index in 0..<2_000 { ModelBuilder.node(&graph, "MatMul", ["many", "many"], ["v\(index)"]) }
            }
        ),
        (
            "reflections that go to and fro 4,096 times",
            model { graph in
                ModelBuilder.integers(&graph, "s", [2])
                ModelBuilder.node(&graph, "Expand", ["x", "s"], ["two"])
                ModelBuilder.integers(&graph, "e", [4_095, 4_095])
                for index in 0..<2_000 {
                    ModelBuilder.node(&graph, "Pad", ["two", "e"], ["v\(index)"], texts: [("mode", "reflect")])
                }
            }
        ),
        (
            "2,000 sums of 2^25 numbers",
            model { graph in
                ModelBuilder.integers(&graph, "s", [1 << 25])
                ModelBuilder.node(&graph, "Expand", ["x", "s"], ["wide"])
                for index in 0..<2_000 { ModelBuilder.node(&graph, "ReduceSum", ["wide"], ["v\(index)"]) }
            }
        ),
        (
            "a window that reaches over 2^31",
            model(weight: [1, 1, 1, (1 << 19) + 1]) { graph in
                ModelBuilder.integers(&graph, "s", [1, 1, 1, 1])
                ModelBuilder.node(&graph, "Reshape", ["x", "s"], ["y"])
                ModelBuilder.node(
                    &graph, "Conv", ["y", "w"], ["v"], ints: [("dilations", [1, 4_096])],
                    texts: [("auto_pad", "SAME_UPPER")])
            }
        ),
        (
            "2^24 products of matrices",
            model { graph in
                ModelBuilder.integers(&graph, "s", [1 << 24, 1, 1])
                ModelBuilder.node(&graph, "Expand", ["x", "s"], ["many"])
                ModelBuilder.node(&graph, "MatMul", ["many", "many"], ["v"])
            }
        ),
        (
            "a range of 2^40",
            model { graph in
                for (name, value) in [("a", Int64(0)), ("b", 1 << 40), ("c", 1)] {
                    graph.message(5) { tensor in
                        tensor.int(2, 7)
                        tensor.text(8, name)
                        tensor.data(7, Wire.varint(UInt64(value)))
                    }
                }
                ModelBuilder.node(&graph, "Range", ["a", "b", "c"], ["v"])
            }
        ),
        (
            "300,000 outputs without a use",
            model { graph in
                for index in 0..<300 {
                    ModelBuilder.node(&graph, "Split", ["p"], (0..<1_000).map { "\(index),\($0)" }, ints: [])
                }
            }
        ),
        (
            "40 million integers in attributes",
            model { graph in
                for index in 0..<800 {
                    let ones = [Int64](repeating: 1, count: 50_000)
                    ModelBuilder.node(&graph, "Transpose", ["x"], ["v\(index)"], ints: [("perm", ones)])
                }
            }
        ),
        (
            "a weight in 300,000 parts",
            model { graph in
                graph.message(5) { tensor in
                    tensor.int(1, 300_000)
                    tensor.int(2, 1)
                    tensor.text(8, "parts")
                    for _ in 0..<300_000 { tensor.data(4, [0, 0, 128, 63]) }
                }
            }
        ),
        (
            "4,000 values alive at once",
            model { graph in
                for index in 0..<4_000 { ModelBuilder.node(&graph, "Relu", ["x"], ["r\(index)"]) }
                for part in 0..<2 {
                    let names = (0..<2_000).map { "r\(part * 2_000 + $0)" }
                    graph.message(1) { node in
                        for name in names { node.text(1, name) }
                        node.text(2, "v\(part)")
                        node.text(4, "Concat")
                        node.message(5) {
                            $0.text(1, "axis"); $0.int(3, 0); $0.int(20, 2)
                        }
                    }
                }
            }
        ),
        (
            "2,000 sums and functions in turn",
            model { graph in
                ModelBuilder.initializer(&graph, "one", [], [1])
                for index in 0..<2_000 {
                    ModelBuilder.node(&graph, "Add", [index == 0 ? "x" : "r\(index - 1)", "one"], ["a\(index)"])
                    ModelBuilder.node(&graph, "Relu", ["a\(index)"], ["r\(index)"])
                }
            }
        ),
        (
            "pooling by windows of 4,096",
            model { graph in
                ModelBuilder.integers(&graph, "s", [1, 512, 256, 256])
                ModelBuilder.node(&graph, "Expand", ["p", "s"], ["wide"])
                ModelBuilder.node(
                    &graph, "MaxPool", ["wide"], ["v"],
                    ints: [("kernel_shape", [4_096, 4_096]), ("pads", [2_048, 2_048, 2_048, 2_048])])
            }
        ),
    ]

    /// x [1], p [1, 512, 1, 1] and q [1, 65536] come in, x is the output; `weight` is the shape of "w".
    private static func model(weight: [Int64]? = nil, _ build: (inout Wire) -> Void) -> [UInt8] {
        ModelBuilder.model { graph in
            ModelBuilder.port(&graph, 11, "x", [1])
            ModelBuilder.port(&graph, 11, "p", [1, 512, 1, 1])
            ModelBuilder.port(&graph, 11, "q", [1, 1 << 16])
            if let weight {
                let count = Int(weight.reduce(1, *))
                ModelBuilder.initializer(&graph, "w", weight, [Float](repeating: 1, count: count))
            }
            build(&graph)
            ModelBuilder.port(&graph, 12, "x", [1])
        }
    }

    /// `count` nodes, each given the last one's output.
    private static func chain(
        weight: [Int64], _ count: Int, _ node: (String) -> (type: String, inputs: [String])
    ) -> [UInt8] {
        model(weight: weight) { graph in
            for index in 0..<count {
                let (type, inputs) = node(index == 0 ? "x" : "v\(index - 1)")
                ModelBuilder.node(&graph, type, inputs, ["v\(index)"])
            }
        }
    }
}
