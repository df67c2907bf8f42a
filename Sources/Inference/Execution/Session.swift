import Kernels
import Tensor

/// Runs a plan, in memory of its own: one worker owns one session. Nothing is allocated in a run but its outputs,
/// once the session has seen an input of that shape.
public final class Session {
    public let plan: Plan
    private var program: Program?
    private var shapes: [[Int]] = []
    private var arena: Arena

    public init(_ plan: Plan) {
        self.plan = plan
        arena = Arena(count: 0)
    }

    /// Runs on the graph's only input; the shape is ONNX's own, for pictures [N, C, H, W].
    /// - Returns: the outputs by name.
    public func run(_ input: Tensor) throws(GraphError) -> [String: Tensor] {
        guard plan.graph.inputs.count == 1, let name = plan.graph.inputs.first?.name else {
            throw .badInput(name: "", detail: "the graph has \(plan.graph.inputs.count) inputs, not one")
        }
        return try run([name: input])
    }

    /// Runs on named inputs.
    public func run(_ inputs: [String: Tensor]) throws(GraphError) -> [String: Tensor] {
        var tensors: [Tensor] = []
        for port in plan.graph.inputs {
            guard let tensor = inputs[port.name] else { throw .badInput(name: port.name, detail: "is missing") }
            tensors.append(tensor)
        }
        if let extra = inputs.keys.first(where: { name in !plan.graph.inputs.contains { $0.name == name } }) {
            throw .badInput(name: extra, detail: "is no input of the graph")
        }
        if plan.kernels == .reference { return try ReferenceRun(plan).outputs(tensors) }
        try prepare(tensors.map(\.shape))
        for (index, tensor) in tensors.enumerated() {
            withInput(index) { target in _ = target.update(from: tensor.values) }
        }
        execute()
        return outputs()
    }

    /// Every named float value of a reference plan's run, inputs in the graph's order.
    public func allValues(_ inputs: [Tensor]) throws(GraphError) -> [String: Tensor] {
        try ReferenceRun(plan).values(inputs).compactMapValues {
            if case .float(let tensor) = $0 { tensor } else { nil }
        }
    }

    // MARK: Without copies

    /// Makes ready for inputs of these shapes, in the order of the graph's inputs; cheap if they are the last ones.
    public func prepare(_ shapes: [[Int]]) throws(GraphError) {
        if program != nil, shapes == self.shapes { return }
        guard plan.kernels == .fast else { throw .badInput(name: "", detail: "a reference plan runs on tensors only") }
        let program = try plan.program(for: shapes)
        for (name, value) in program.outputs {
            if case .known(.integer(let tensor)) = value {
                throw .unsupportedType(name: name, type: "\(tensor.type)", supported: "float32 outputs")
            }
        }
        if arena.count < program.arenaCount { arena = Arena(count: program.arenaCount) }
        self.program = program
        self.shapes = shapes
    }

    /// Hands out the memory of an input, row-major in ONNX's order, to be filled before `execute`, which leaves it as it is.
    /// Empty unless `prepare` has succeeded.
    public func withInput<Result>(
        _ index: Int = 0, _ fill: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        guard let program, program.inputs.indices.contains(index) else {
            return try fill(UnsafeMutableBufferPointer(start: nil, count: 0))
        }
        let view = program.inputs[index].view
        return try withMemory(program) { memory in
            try fill(UnsafeMutableBufferPointer(start: memory[view.place], count: view.count * program.parts))
        }
    }

    /// Runs the prepared program on what the inputs' memory holds.
    public func execute() {
        guard let program else { return }
        for part in 0..<program.parts {
            withMemory(program, part: part) { memory in
                for call in program.calls { call.run(memory) }
            }
        }
    }

    /// As `execute`, calling `report` for each step with its node, operator and nanoseconds, those of all parts of the batch.
    public func execute(report: (_ node: String, _ type: String, _ nanoseconds: UInt64) -> Void) {
        guard let program else { return }
        let clock = ContinuousClock()
        var times = [UInt64](repeating: 0, count: program.steps.count)
        for part in 0..<program.parts {
            withMemory(program, part: part) { memory in
                for call in program.calls {
                    times[call.step] += UInt64(clock.measure { call.run(memory) } / .nanoseconds(1))
                }
            }
        }
        for (step, time) in zip(program.steps, times) { report(step.node, step.type, time) }
    }

    /// As `execute`, then handing out every named value as it was when it had been computed, but for those that a plan made
    /// `byRows` never has as a whole.
    public func execute(inspect: (_ node: String, _ type: String, _ value: String, _ tensor: Tensor) -> Void) {
        guard let program else { return }
        var values = program.probes.map { _ in [Tensor]() }
        for part in 0..<program.parts {
            withMemory(program, part: part) { memory in
                var next = 0
                for (index, call) in program.calls.enumerated() {
                    call.run(memory)
                    let done = index + 1 < program.calls.count ? program.calls[index + 1].step : program.steps.count
                    while next < program.probes.count, program.probes[next].step <= done {
                        values[next].append(read(program.probes[next].view, memory))
                        next += 1
                    }
                }
            }
        }
        for (probe, parts) in zip(program.probes, values) where !parts.isEmpty {
            inspect(probe.node, probe.type, probe.value, joined(parts))
        }
    }

    /// The outputs of the last `execute`, by name.
    public func outputs() -> [String: Tensor] {
        guard let program else { return [:] }
        var result: [String: Tensor] = [:]
        for (name, value) in program.outputs {
            switch value {
            case .known(.float(let tensor)): result[name] = tensor
            case .known(.integer): continue  // refused by `prepare`
            case .view(let view):
                result[name] = joined(
                    (0..<program.parts).map { part in withMemory(program, part: part) { read(view, $0) } })
            }
        }
        return result
    }

    /// Parts of a batch one behind the other.
    private func joined(_ parts: [Tensor]) -> Tensor {
        guard parts.count > 1 else { return parts[0] }
        let shape = [parts.reduce(0) { $0 + $1.shape[0] }] + parts[0].shape.dropFirst()
        return Tensor(shape: shape, values: parts.flatMap(\.values))
    }

    private func read(_ view: View, _ memory: Memory) -> Tensor {
        let count = view.count
        let values = [Float](unsafeUninitializedCapacity: count) { target, filled in
            if let base = target.baseAddress {
                Walk(shape: view.shape, out: Shape.rowMajorStrides(view.shape), a: view.strides)
                    .copy(memory[view.place], to: base, on: plan.parts.isa)
            }
            filled = count
        }
        return Tensor(shape: view.shape, values: values)
    }

    private func withMemory<Result>(
        _ program: Program, part: Int = 0, _ body: (Memory) throws -> Result
    ) rethrows -> Result {
        try program.offsets[part].withUnsafeBufferPointer { offsets in
            // A program without blocks has no place to look up; any address does.
            let table = offsets.baseAddress ?? UnsafePointer(arena.lookup)
            return try body(Memory(base: arena.base, offsets: table))
        }
    }

    // MARK: Facts

    /// Bytes of the session's own memory.
    public var arenaBytes: Int { arena.count * MemoryLayout<Float>.stride }
    /// Multiply-adds of one run of the prepared program.
    public var multiplyAdds: Int { multiplyAddsByNode.values.reduce(0, +) }
    public var multiplyAddsByNode: [String: Int] { program?.work ?? [:] }
}
