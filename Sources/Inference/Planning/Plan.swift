import Kernels
import Tensor
import Threads

/// Bounds on what a model may ask for, so that a hostile one is refused instead of served.
public struct PlanLimits: Sendable {
    /// Elements of one value.
    public var maximumElements = 1 << 28
    /// Elements of a session's arena; 2^28 floats are 1 GiB.
    public var arenaElements = 1 << 28
    /// Floats that may be computed ahead of the run, besides as many as the file holds, and for each program one and a half
    /// times as many; Winograd's weights may take half as many more in all programs together.
    public var foldedElements = 1 << 20
    /// Multiply-adds that computing those may take, or what takes as long, besides 1,024 for every float of the file: seconds.
    public var foldedEffort = 1 << 30
    /// Multiply-adds of one run, or what takes as long: minutes on one core.
    public var effort = 1 << 42

    public init() {}
}

/// A graph made ready: known values computed, fused, weights packed. Shared by any number of sessions.
public final class Plan: Sendable {
    public enum Kernels: String, Sendable, CaseIterable {
        /// Each operator by its definition, one after the other: the judge of `fast`.
        case reference
        /// Fused, channels last, by the processor's best instructions.
        case fast
    }

    public let graph: Graph
    public let kernels: Kernels
    public let precision: Precision
    let parts: PlanParts
    let nodes: [Node]
    let literals: [String: Literal]
    private let programs = Monitor<[KeptProgram]>([])

    /// `isa` is the set of kernels that `fast` uses, `precision` how it multiplies. Unless `byRows`, every value is computed
    /// whole, so that a session can hand it out.
    public convenience init(
        _ graph: Graph, kernels: Kernels = .fast, isa: InstructionSet = .preferred, limits: PlanLimits = PlanLimits(),
        precision: Precision = .float32, byRows: Bool = true
    ) throws(GraphError) {
        let rows = byRows ? RowChains.Limits() : nil
        try self.init(graph, kernels: kernels, isa: isa, limits: limits, precision: precision, rows: rows)
    }

    init(
        _ graph: Graph, kernels: Kernels, isa: InstructionSet, limits: PlanLimits, precision: Precision,
        rows: RowChains.Limits?
    ) throws(GraphError) {
        for port in graph.inputs where port.type != .float32 {
            throw .unsupportedType(name: port.name, type: "\(port.type)", supported: "float32 inputs, others bound")
        }
        self.graph = graph
        self.kernels = kernels
        self.precision = precision
        switch kernels {
        case .reference:
            (nodes, literals) = (graph.nodes, graph.literals)
        case .fast:
            var rewriter = try GraphRewriter(graph, limits: limits)
            rewriter.fuse(for: precision)
            (nodes, literals) = (rewriter.nodes, rewriter.literals)
        }
        let int8 = try precision.kernels(beside: isa, nodes: nodes, literals: literals)
        parts = PlanParts(isa: isa, int8: int8, rows: rows, store: WeightStore(), limits: limits)
        // Where the file fixes every axis, what does not fit shows here rather than at the first run.
        let shapes = graph.inputs.map(\.fixedShape)
        if kernels == .fast, !shapes.contains(nil) { _ = try program(for: shapes.compactMap(\.self)) }
    }

    /// The kernels that a fast plan uses.
    public var isa: InstructionSet { parts.isa }
    /// Nodes that are left after fusion, by operator.
    public var fusedCounts: [String: Int] { nodes.reduce(into: [:]) { $0[$1.type, default: 0] += 1 } }

    /// Bytes of packed weights so far; all of them after the first run.
    public var packedBytes: Int { parts.store.bytes }

    /// Checks `shapes` against the graph's inputs, one each.
    func check(_ shapes: [[Int]]) throws(GraphError) {
        for (port, shape) in zip(graph.inputs, shapes) {
            guard let axes = port.shape else { continue }
            let fits =
                axes.count == shape.count
                && zip(axes, shape).allSatisfy { axis, length in
                    if case .fixed(let expected) = axis { expected == length } else { length > 0 }
                }
            guard fits else { throw .badInput(name: port.name, detail: "has shape \(shape), expected \(axes)") }
        }
        guard shapes.count == graph.inputs.count else {
            let missing = graph.inputs.dropFirst(shapes.count).first
            throw .badInput(
                name: missing?.name ?? "?", detail: "\(shapes.count) inputs, expected \(graph.inputs.count)")
        }
    }

    /// The program for inputs of these shapes, made at its first use; those used last are kept.
    func program(for shapes: [[Int]]) throws(GraphError) -> Program {
        if let program = programs.withLock({ Self.taken(shapes, from: &$0) }) { return program }
        try check(shapes)
        let whole = try Program(nodes: nodes, graph: graph, literals: literals, shapes: shapes, plan: parts)
        let program = inParts(whole, shapes: shapes) ?? whole
        return programs.withLock { programs in
            if let other = Self.taken(shapes, from: &programs) { return other }  // another thread was quicker
            if programs.count >= Plan.keptPrograms { programs.removeFirst() }
            programs.append((shapes, program))
            return program
        }
    }

    /// The kept program for these shapes, which is then the one used last.
    private static func taken(_ shapes: [[Int]], from programs: inout [KeptProgram]) -> Program? {
        guard let index = programs.firstIndex(where: { $0.shapes == shapes }) else { return nil }
        let found = programs.remove(at: index)
        programs.append(found)
        return found.program
    }

    private typealias KeptProgram = (shapes: [[Int]], program: Program)

    static let keptPrograms = 64
    var keptProgramCount: Int { programs.withLock(\.count) }
}

/// What the programs of one plan share.
struct PlanParts: Sendable {
    let isa: InstructionSet
    /// Nil for float32.
    let int8: Int8Convolution.Path?
    /// How values are computed by bands of rows; nil where all are computed whole.
    let rows: RowChains.Limits?
    let store: WeightStore
    let limits: PlanLimits
}
