import Foundation
import Tensor
import TestSupport
import Testing

@testable import Inference
@testable import ModelFiles

/// The onnx package's own node tests, by the reviewed lists in Tests/Conformance.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: Fixtures.python.path), "needs .venv: run `make setup`"))
struct ConformanceTests {
    /// Every case all of whose operators are in the registry, written by the onnx package.
    static let folder: URL = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("classpulse-node-tests-\(getpid())")
        let script = Fixtures.packageRoot.appendingPathComponent("Tests/Conformance/write_node_tests.py")
        _ = try? Fixtures.run(Fixtures.python, ["-W", "ignore", script.path, folder.path] + OperatorRegistry.names)
        return folder
    }()

    /// The names of a list, without the reasons behind them.
    static func list(_ file: String) throws -> [String] {
        let url = Fixtures.packageRoot.appendingPathComponent("Tests/Conformance/\(file)")
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.map { String($0.split(separator: " ")[0]) }
    }

    @Test func everyCaseIsSupportedOrExcludedWithAReason() throws {
        let cases = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0 != "version.txt" }
        let (supported, excluded) = (try Self.list("supported.txt"), try Self.list("excluded.txt"))
        #expect(Set(supported).isDisjoint(with: excluded))
        #expect(Set(supported + excluded).subtracting(cases) == [], "listed, but the package has no such case")
        #expect(Set(cases).subtracting(supported + excluded) == [], "neither supported nor excluded")
        let text = try String(
            contentsOf: Fixtures.packageRoot.appendingPathComponent("Tests/Conformance/excluded.txt"), encoding: .utf8)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(line.split(separator: " ").count > 2, "no reason: \(line)")
        }
    }

    @Test func theDocumentNamesTheirNumber() throws {
        let text = try String(
            contentsOf: Fixtures.packageRoot.appendingPathComponent("Docs/Operators.md"), encoding: .utf8)
        #expect(text.contains("\(try Self.list("supported.txt").count) of the `onnx`"))
    }

    @Test(arguments: Plan.Kernels.allCases)
    func supportedCasesPass(kernels: Plan.Kernels) throws {
        for name in try Self.list("supported.txt") {
            #expect(throws: Never.self, "\(name)") {
                for (output, difference) in try Self.differences(name, kernels) {
                    #expect(difference < 1e-4, "\(kernels) \(name) \(output)")
                }
            }
        }
    }

    @Test func excludedCasesAreRefusedOrDiffer() throws {
        for name in try Self.list("excluded.txt") {
            // Passing now? Then it belongs into supported.txt.
            let passes = (try? Self.differences(name, .fast).allSatisfy { $0.difference < 1e-4 }) ?? false
            #expect(!passes, "\(name) passes")
        }
    }

    /// How far each output of a case is from what the package expects.
    static func differences(_ name: String, _ kernels: Plan.Kernels) throws -> [(output: String, difference: Double)] {
        let folder = folder.appendingPathComponent(name)
        func literal(_ file: String) throws -> Literal? {
            guard let data = try? Data(contentsOf: folder.appendingPathComponent(file)) else { return nil }
            var reader = TensorReader()
            return try data.withUnsafeBytes { bytes in try reader.read(WireReader(bytes)).value }
        }
        let graph = try ONNXModel.graph([UInt8](Data(contentsOf: folder.appendingPathComponent("model.onnx"))))
        var bound: [String: Literal] = [:]
        var free: [String: Literal] = [:]
        for (index, port) in graph.inputs.enumerated() {
            guard let value = try literal("input_\(index).pb") else { continue }
            if port.type == .float32 { free[port.name] = value } else { bound[port.name] = value }
        }
        let actual: [String: Literal]
        do {
            actual = try run(graph.binding(bound), free, kernels)
        } catch GraphError.needsKnownValue {
            // Shape arithmetic: its inputs are known before the run.
            actual = try run(graph.binding(bound.merging(free) { first, _ in first }), [:], kernels)
        }
        return try graph.outputs.enumerated().map { index, port in
            guard let expected = try literal("output_\(index).pb"), let value = actual[port.name],
                value.shape == expected.shape,
                value.type == expected.type
            else { return (port.name, .infinity) }
            switch (value, expected) {
            case (.float(let a), .float(let e)): return (port.name, Closeness.difference(a.values, e.values))
            case (.integer(let a), .integer(let e)): return (port.name, a.values == e.values ? 0 : .infinity)
            default: return (port.name, .infinity)
            }
        }
    }

    static func run(_ graph: Graph, _ inputs: [String: Literal], _ kernels: Plan.Kernels) throws -> [String: Literal] {
        let plan = try Plan(graph, kernels: kernels)
        let tensors = graph.inputs.compactMap { port -> Tensor? in
            if case .float(let tensor)? = inputs[port.name] { tensor } else { nil }
        }
        if kernels == .reference { return try ReferenceRun(plan).values(tensors) }
        let session = Session(plan)
        let program = try plan.program(for: tensors.map(\.shape))
        var results: [String: Literal] = [:]
        for (name, value) in program.outputs { if case .known(let literal) = value { results[name] = literal } }
        if results.count == program.outputs.count { return results }
        let named = Dictionary(uniqueKeysWithValues: zip(graph.inputs.map(\.name), tensors))
        for (name, tensor) in try session.run(named) { results[name] = .float(tensor) }
        return results
    }
}
