import ArgumentParser
import Foundation
import Inference
import ModelFiles
import Tensor
import TestSupport
import Testing

@testable import classpulse

/// What `inspect` and `bench model` work out, on the bundled classifier.
struct ModelCommandTests {
    static let path = Fixtures.packageRoot.appendingPathComponent("Sources/Models/Resources/ds-efficientnet.onnx").path
    static let shape = [1, 1, 48, 48]

    /// A folder with the fast engine's own values, as another engine would write them.
    static func withGolden(_ body: (_ folder: String, _ nodes: [(node: String, value: String)]) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("classpulse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = InputShape.noise(count: 48 * 48)
        try ModelFile.write(input, to: folder.path + "/input.f32")
        let session = Session(try Plan(ModelFile.graph(at: path)))
        try session.prepare([shape])
        session.withInput { _ = $0.update(from: input) }
        var nodes: [(node: String, value: String)] = []
        session.execute(inspect: { node, _, value, tensor in
            try? ModelFile.write(tensor.values, to: folder.path + "/" + ModelFile.name(of: value))
            nodes.append((node, value))
        })
        try body(folder.path, nodes)
    }

    @Test func fastKernelsAgreeWithTheReference() throws {
        let graph = try ModelFile.graph(at: Self.path)
        let comparison = try KernelComparison(graph, shape: Self.shape, golden: nil, tolerance: 1e-4)
        #expect(comparison.agrees, "\(comparison.text)")
        #expect(comparison.values > 20)
    }

    @Test func theFirstDivergingNodeIsNamed() throws {
        let graph = try ModelFile.graph(at: Self.path)
        try Self.withGolden { folder, nodes in
            func compare() throws -> KernelComparison {
                try KernelComparison(graph, shape: Self.shape, golden: folder, tolerance: 1e-4)
            }
            let same = try compare()
            #expect(same.agrees && same.largest?.difference == 0, "\(same.text)")
            // Two values are changed: the one that is computed first is named.
            for index in [nodes.count / 2, nodes.count - 2] {
                let file = folder + "/" + ModelFile.name(of: nodes[index].value)
                var values = try #require(ModelFile.floats(ifAt: file))
                values[values.count / 2] += 0.01 * (values.map(abs).max() ?? 1)
                try ModelFile.write(values, to: file)
            }
            let changed = try compare()
            #expect(!changed.agrees && changed.first?.node == nodes[nodes.count / 2].node)
            #expect(abs((changed.first?.difference ?? 0) - 0.01) < 0.001)
            #expect(changed.text.contains(nodes[nodes.count / 2].node))
            // A value of another size or without a number is never close.
            let file = folder + "/" + ModelFile.name(of: nodes[0].value)
            try ModelFile.write([.nan], to: file)
            #expect(try compare().first?.difference == .infinity)
            #expect(try JSONLine.text(compare()).contains(#""difference":"Infinity""#))
        }
    }

    @Test func anOutputThatIsNotComparedIsNoAgreement() throws {
        let graph = try ModelFile.graph(at: Self.path)
        try Self.withGolden { folder, _ in
            try FileManager.default.removeItem(atPath: folder + "/" + ModelFile.name(of: graph.outputs[0].name))
            let comparison = try KernelComparison(graph, shape: Self.shape, golden: folder, tolerance: 1e-4)
            #expect(!comparison.agrees && comparison.outputsMissed == [graph.outputs[0].name])
        }
    }

    @Test func inspectTellsTheMemory() throws {
        let facts = try ModelFacts(Self.path, ModelFile.graph(at: Self.path), shape: Self.shape)
        #expect(facts.arenaBytes >= 4 * 48 * 48 && facts.packedBytes >= 4 * 50_000)
        #expect(facts.processPeakBytes > facts.arenaBytes + facts.packedBytes)
        #expect(facts.text.contains("\(facts.arenaBytes) bytes a session"))
    }

    @Test func layersAreSharesOfThePeak() throws {
        let plan = try Plan(ModelFile.graph(at: Self.path))
        let race = try ModelRace(plan, shape: Self.shape, input: InputShape.noise(count: 48 * 48), threads: 1)
        let layers = try race.layers(isa: plan.isa, runs: 3)
        #expect(layers.contains { ($0.shareOfPeak ?? 0) > 0 })
        #expect(layers.allSatisfy { ($0.gigaflops == nil) == ($0.shareOfPeak == nil) })
    }

    @Test func sessionsAreComparedWithOne() throws {
        let plan = try Plan(ModelFile.graph(at: Self.path))
        let scaling = try ModelScaling(
            plan, shape: Self.shape, input: InputShape.noise(count: 48 * 48), sessions: 2, rounds: 1)
        #expect(scaling.one > 0 && scaling.all > 0 && scaling.ratio == scaling.all / scaling.one)
    }

    @Test(arguments: [["--golden", "."], ["--compare", "--tolerance", "0"], ["--batch", "0"]])
    func inspectRefusesWhatMakesNoSense(options: [String]) {
        #expect(throws: (any Error).self) { try InspectCommand.parse([Self.path] + options) }
    }
}
