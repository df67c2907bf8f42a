import Kernels
import Tensor

/// More entries before and behind each axis: a constant, the mirrored inside (reflect) or the last entry again (edge).
struct Pad: Operator {
    enum Mode: Sendable { case constant, reflect, edge, wrap }

    let mode: Mode
    let pads: [Int]?
    let value: Float

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...4)
        pads = try node.ints("pads")
        value = try node.float("value", default: 0)
        let name = try node.string("mode", default: "constant")
        switch name {
        case "constant": mode = .constant
        case "reflect": mode = .reflect
        case "edge": mode = .edge
        case "wrap": mode = .wrap
        default: throw node.unsupported("mode", "'\(name)'; constant, reflect, edge, wrap are")
        }
    }

    /// For each axis that changes, which entry of the input each of the result's shows; nil is the constant.
    private func sources(_ shape: [Int], pads list: [Int]?, axes: [Int]?, limit: Int) throws(Refusal) -> [[Int?]?] {
        let axes =
            try axes.map { list throws(Refusal) in
                try list.map { axis throws(Refusal) in try resolvedAxis(axis, rank: shape.count) }
            } ?? Array(shape.indices)
        guard let pads = pads ?? list, pads.count == 2 * axes.count, Set(axes).count == axes.count else {
            throw .shape("pads \(self.pads ?? list ?? []) do not fit shape \(shape)")
        }
        var lengths = shape
        for (index, axis) in axes.enumerated() {
            let (before, after, length) = (pads[index], pads[index + axes.count], shape[axis])
            let bound = 1 << 28
            guard (-bound...bound).contains(before), (-bound...bound).contains(after), length + before + after >= 0
            else {
                throw .shape("pads \(before) and \(after) of an axis of \(length)")
            }
            lengths[axis] = length + before + after
            guard lengths[axis] <= Pad.longestAxis else {
                throw .tooLarge("a padded axis of \(lengths[axis])", limit: Pad.longestAxis)
            }
            guard mode == .constant || length > 0 || before + after <= 0 else { throw .shape("nothing to pad with") }
        }
        _ = try checkedShape(lengths, limit: limit)
        var sources: [[Int?]?] = shape.map { _ in nil }
        for (index, axis) in axes.enumerated() where pads[index] != 0 || pads[index + axes.count] != 0 {
            sources[axis] = (0..<lengths[axis]).map { source($0 - pads[index], shape[axis]) }
        }
        return sources
    }

    /// The sources of a padded axis are listed one by one.
    private static let longestAxis = 1 << 20

    private func source(_ place: Int, _ length: Int) -> Int? {
        if (0..<length).contains(place) { return place }
        switch mode {
        case .constant: return nil
        case .edge: return place < 0 ? 0 : length - 1
        case .wrap: return ((place % length) + length) % length
        case .reflect:
            guard length > 1 else { return 0 }
            let period = 2 * (length - 1)
            let folded = ((place % period) + period) % period
            return folded < length ? folded : period - folded
        }
    }

    private func fill(_ literal: Literal?) throws(Refusal) -> Double {
        switch literal {
        case nil: return Double(value)
        case .float(let tensor) where tensor.count == 1: return Double(tensor.values[0])
        case .integer(let tensor) where tensor.values.count == 1: return Double(tensor.values[0])
        default: throw .shape("the padding value is not a single number")
        }
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.value(0)
        let sources = try sources(input.shape, pads: arguments.list(1), axes: arguments.list(3), limit: arguments.limit)
        let fill = try fill(arguments[2])
        let shape = zip(sources, input.shape).map { $0?.count ?? $1 }
        var places: [Int?] = shape.contains(0) ? [] : [0]
        for (axis, stride) in Shape.rowMajorStrides(input.shape).enumerated() where !places.isEmpty {
            let entries = sources[axis] ?? (0..<shape[axis]).map(Optional.some)
            places = places.flatMap { place in
                entries.map { source in place.flatMap { start in source.map { start + $0 * stride } } }
            }
        }
        switch input {
        case .float(let tensor):
            return [.float(Tensor(shape: shape, values: places.map { $0.map { tensor.values[$0] } ?? Float(fill) }))]
        case .integer(let tensor):
            guard let fill = Int64(exactly: fill) else { throw .shape("padding integers with \(fill)") }
            return [
                .integer(
                    IntegerTensor(
                        shape: shape, values: places.map { $0.map { tensor.values[$0] } ?? fill }, type: tensor.type))
            ]
        }
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let view = try program.view(operands, 0)
        let sources = try sources(
            view.shape, pads: operands.list(1), axes: operands.list(3), limit: program.limits.maximumElements)
        let fill = Float(try fill(operands.literal(2)))
        // Axis by axis: runs of neighbouring sources are copied, the constant is written first.
        var current = view
        for (axis, entries) in sources.enumerated() {
            guard let entries else { continue }
            var shape = current.shape
            shape[axis] = entries.count
            let output = try program.allocate(shape, channelsLast: !current.isRowMajor)
            if entries.contains(nil) {
                let (to, count) = (output.place, output.count)
                program.emit(reads: [], writes: [output]) { $0[to].update(repeating: fill, count: count) }
            }
            let runs = runs(entries)
            guard runs.count <= 4096 else { throw .tooLarge("\(runs.count) repetitions of an axis", limit: 4096) }
            for run in runs {
                program.copy(
                    current.sliced(axis: axis, from: run.source, count: run.count, step: run.step),
                    to: output.sliced(axis: axis, from: run.start, count: run.count))
            }
            current = output
        }
        return [.view(current)]
    }

    /// Stretches of `entries` whose sources go up or down by one, or stay.
    private func runs(_ entries: [Int?]) -> [(start: Int, source: Int, count: Int, step: Int)] {
        var runs: [(start: Int, source: Int, count: Int, step: Int)] = []
        for (place, entry) in entries.enumerated() {
            guard let entry else { continue }
            if let last = runs.last, last.start + last.count == place {
                let step = entry - (last.source + (last.count - 1) * last.step)
                if last.count == 1, abs(step) <= 1 {
                    runs[runs.count - 1].step = step
                    runs[runs.count - 1].count += 1
                    continue
                } else if last.count > 1, step == last.step {
                    runs[runs.count - 1].count += 1
                    continue
                }
            }
            runs.append((place, entry, 1, 1))
        }
        return runs
    }
}
