import Tensor

/// start, start + delta, … below limit; for shape arithmetic, known before the run.
struct Range: Operator {
    init(_ node: NodeReader) throws(GraphError) { node.expect(inputs: 3...3) }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        if case .integer(let first) = try arguments.value(0) {
            let bounds = try [first, arguments.integers(1), arguments.integers(2)]
            let count = try count(bounds.map { $0.values.map(Double.init) }, arguments)
            let (start, delta) = (bounds[0].values[0], bounds[2].values[0])
            let values = (0..<count).map { start &+ Int64($0) &* delta }
            return [.integer(IntegerTensor(shape: [count], values: values, type: first.type))]
        }
        let bounds = try [arguments.float(0), arguments.float(1), arguments.float(2)]
        let count = try count(bounds.map { $0.values.map(Double.init) }, arguments)
        let (start, delta) = (bounds[0].values[0], bounds[2].values[0])
        return [.float(Tensor(shape: [count], values: (0..<count).map { start + Float($0) * delta }))]
    }

    private func count(_ bounds: [[Double]], _ arguments: Arguments) throws(Refusal) -> Int {
        guard bounds.allSatisfy({ $0.count == 1 }), bounds[2][0] != 0 else {
            throw .shape("start, limit or delta is no number")
        }
        let exact = ((bounds[1][0] - bounds[0][0]) / bounds[2][0]).rounded(.up)
        guard let count = Int(exactly: max(exact, 0)) else { throw .shape("start, limit or delta is not finite") }
        return try arguments.checked([count])[0]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        throw .needsKnownValue(input: 0)
    }
}
