import CKernels
import Glibc

/// e^x over the sum of e^x of its row, or the logarithm of that.
public enum Softmax {
    public static func reference(_ row: [Float], logarithm: Bool) -> [Float] {
        let largest = Double(row.max() ?? 0)
        let sum = row.reduce(0) { $0 + exp(Double($1) - largest) }
        return row.map { logarithm ? Float(Double($0) - largest - log(sum)) : Float(exp(Double($0) - largest) / sum) }
    }

    /// `rows` dense rows of `count` floats; source and target may be the same memory.
    public static func run(
        _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, rows: Int, count: Int, logarithm: Bool,
        on isa: InstructionSet = .preferred
    ) {
        guard count > 0 else { return }
        ck_softmax(isa.code, source, target, rows, count, count, logarithm ? 1 : 0)
    }
}
