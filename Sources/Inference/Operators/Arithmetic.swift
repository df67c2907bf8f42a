import Kernels
import Tensor

/// Add, Sub, Mul, Div, Pow, and Min, Max and Sum of any number of inputs, broadcast as in numpy.
struct Arithmetic: Operator {
    static let names = ["Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "Mod"]

    let operation: BinaryOperation
    let isModulo: Bool

    init(_ node: NodeReader) throws(GraphError) {
        let many = ["Min", "Max", "Sum"].contains(node.type)
        node.expect(inputs: many ? 1...64 : 2...2)
        isModulo = node.type == "Mod"
        if isModulo, try node.flag("fmod") { throw node.unsupported("fmod", "only integers are") }
        operation =
            switch node.type {
            case "Sub": .subtract
            case "Mul": .multiply
            case "Div": .divide
            case "Pow": .power
            case "Min": .minimum
            case "Max": .maximum
            default: .add
            }
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        var result = try arguments.value(0)
        for index in 1..<max(arguments.count, 1) { result = try pair(result, arguments.value(index), index, arguments) }
        return [result]
    }

    private func pair(_ a: Literal, _ b: Literal, _ index: Int, _ arguments: Arguments) throws(Refusal) -> Literal {
        guard let broadcast = Shape.broadcast(a.shape, b.shape) else {
            throw .shape("\(a.shape) and \(b.shape) do not fit")
        }
        let shape = try arguments.checked(broadcast)
        let strides = [a.shape, b.shape].map {
            Shape.broadcastStrides($0, strides: Shape.rowMajorStrides($0), to: shape)
        }
        switch (a, b) {
        case (.float(let x), .float(let y)) where !isModulo:
            var values: [Float] = []
            Shape.forEachOffset(shape, strides: strides) { at in
                values.append(operation.reference(x.values[at[0]], y.values[at[1]]))
            }
            return .float(Tensor(shape: shape, values: values))
        case (.float, .integer(let exponent)) where operation == .power:
            return try pair(a, .float(exponent.floats), index, arguments)
        case (.integer(let x), .integer(let y)) where x.type == y.type:
            var values: [Int64?] = []
            Shape.forEachOffset(shape, strides: strides) { at in
                values.append(integer(x.values[at[0]], y.values[at[1]]))
            }
            let whole = values.compactMap(\.self)
            guard whole.count == values.count else { throw .shape("integer arithmetic overflows or divides by zero") }
            return .integer(IntegerTensor(shape: shape, values: whole, type: x.type))
        default: throw .type(input: index, found: b.type, supported: "the type of input 0, \(a.type)")
        }
    }

    /// Nil for overflow and division by zero; division truncates, as in C.
    private func integer(_ a: Int64, _ b: Int64) -> Int64? {
        func checked(_ result: (partialValue: Int64, overflow: Bool)) -> Int64? {
            result.overflow ? nil : result.partialValue
        }
        if isModulo {
            guard let rest = checked(a.remainderReportingOverflow(dividingBy: b)) else { return nil }
            return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
        }
        switch operation {
        case .add: return checked(a.addingReportingOverflow(b))
        case .subtract: return checked(a.subtractingReportingOverflow(b))
        case .multiply: return checked(a.multipliedReportingOverflow(by: b))
        case .divide: return checked(a.dividedReportingOverflow(by: b))
        case .minimum: return min(a, b)
        case .maximum: return max(a, b)
        case .power: return power(a, b)
        case .prelu: return nil
        }
    }

    /// a to the power of b ≥ 0 by squaring.
    private func power(_ a: Int64, _ b: Int64) -> Int64? {
        guard b >= 0 else { return nil }
        var (result, base, rest): (Int64, Int64, Int64) = (1, a, b)
        while rest > 0 {
            if rest & 1 == 1 {
                let (product, overflow) = result.multipliedReportingOverflow(by: base)
                if overflow { return nil }
                result = product
            }
            rest >>= 1
            let (square, overflow) = base.multipliedReportingOverflow(by: base)
            if overflow, rest > 0 { return nil }
            base = square
        }
        return result
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        guard !isModulo else { throw .needsKnownValue(input: 0) }
        var result = try program.view(operands, 0)
        if operation == .power, case .known(.integer(let exponent))? = operands[1] {
            return [.view(try program.combine(.power, result, program.view(.known(.float(exponent.floats)))))]
        }
        for index in 1..<max(operands.count, 1) {
            result = try program.combine(operation, result, program.view(operands, index))
        }
        return [.view(result)]
    }
}

extension Lowering {
    /// `operation` of two views, broadcast; the result lies in memory as the larger of them.
    func combine(_ operation: BinaryOperation, _ a: View, _ b: View) throws(Refusal) -> View {
        guard let shape = Shape.broadcast(a.shape, b.shape) else {
            throw .shape("\(a.shape) and \(b.shape) do not fit")
        }
        let output: View
        if let model = [a, b].first(where: { $0.shape == shape && $0.isCompact && !$0.isRowMajor })
            ?? [a, b].first(where: { $0.shape == shape && $0.isCompact })
        {
            output = try allocate(shape, strides: model.strides)
        } else {
            output = try allocate(shape, channelsLast: true)
        }
        // The walk goes through memory in the output's order, so that the innermost axis is adjacent.
        let order = shape.indices.sorted { (output.strides[$0], shape[$0]) > (output.strides[$1], shape[$1]) }
        func walked(_ view: View) -> [Int] {
            let strides = Shape.broadcastStrides(view.shape, strides: view.strides, to: shape)
            return order.map { strides[$0] }
        }
        let walk = Walk(
            shape: order.map { shape[$0] }, out: order.map { output.strides[$0] }, a: walked(a), b: walked(b))
        let (x, y, to, isa) = (a.place, b.place, output.place, isa)
        emit(reads: [a, b], writes: [output]) { walk.combine(operation, $0[x], $0[y], to: $0[to], on: isa) }
        return output
    }
}
