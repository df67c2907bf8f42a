import CKernels
import Glibc

/// A function of one number: what may follow a convolution in the same pass, and every elementwise operator.
public enum Activation: Sendable, Hashable {
    case identity
    /// Limits to low...high; ReLU is `clip(0, .infinity)`.
    case clip(Float, Float)
    case sigmoid
    /// x · sigmoid(x), also called swish.
    case silu
    /// min(max(alpha · x + beta, 0), 1)
    case hardSigmoid(alpha: Float, beta: Float)
    /// x · hardSigmoid(alpha: 1/6, beta: 1/2)
    case hardSwish
    /// x, or alpha · x below zero.
    case leakyRelu(alpha: Float)
    /// x, or alpha · (e^x − 1) below zero.
    case elu(alpha: Float)
    case affine(scale: Float, shift: Float)
    case softplus
    case exp, log, sqrt, abs, reciprocal, floor, ceil, round, tanh, erf

    public static let relu = Activation.clip(0, .infinity)

    /// The definition, in double precision. NaN stays NaN.
    public func reference(_ value: Float) -> Float {
        let x = Double(value)
        if x.isNaN { return value }
        let y: Double =
            switch self {
            case .identity: x
            case .clip(let low, let high): Swift.min(Swift.max(x, Double(low)), Double(high))
            case .sigmoid: 1 / (1 + Glibc.exp(-x))
            case .silu: x / (1 + Glibc.exp(-x))
            case .hardSigmoid(let alpha, let beta): Swift.min(Swift.max(Double(alpha) * x + Double(beta), 0), 1)
            case .hardSwish: x * Swift.min(Swift.max(x / 6 + 0.5, 0), 1)
            case .leakyRelu(let alpha): x < 0 ? Double(alpha) * x : x
            case .elu(let alpha): x < 0 ? Double(alpha) * Glibc.expm1(x) : x
            case .affine(let scale, let shift): x * Double(scale) + Double(shift)
            case .softplus: Swift.max(x, 0) + Glibc.log1p(Glibc.exp(-Swift.abs(x)))
            case .exp: Glibc.exp(x)
            case .log: Glibc.log(x)
            case .sqrt: x.squareRoot()
            case .abs: Swift.abs(x)
            case .reciprocal: 1 / x
            case .floor: x.rounded(.down)
            case .ceil: x.rounded(.up)
            case .round: x.rounded(.toNearestOrEven)
            case .tanh: Glibc.tanh(x)
            case .erf: Glibc.erf(x)
            }
        return Float(y)
    }

    /// `destination[i] = f(source[i])` for `count` floats; both may be the same memory.
    public func apply(
        _ source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>, count: Int,
        on isa: InstructionSet = .preferred
    ) {
        ck_map(isa.code, code, source, destination, count)
    }

    var code: ck_activation {
        switch self {
        case .identity: ck_activation(function: CK_IDENTITY, a: 0, b: 0)
        case .clip(let low, let high): ck_activation(function: CK_CLAMP, a: low, b: high)
        case .sigmoid: ck_activation(function: CK_SIGMOID, a: 0, b: 0)
        case .silu: ck_activation(function: CK_SILU, a: 0, b: 0)
        case .hardSigmoid(let alpha, let beta): ck_activation(function: CK_HARD_SIGMOID, a: alpha, b: beta)
        case .hardSwish: ck_activation(function: CK_HARD_SWISH, a: 0, b: 0)
        case .leakyRelu(let alpha): ck_activation(function: CK_LEAKY_RELU, a: alpha, b: 0)
        case .elu(let alpha): ck_activation(function: CK_ELU, a: alpha, b: 0)
        case .affine(let scale, let shift): ck_activation(function: CK_AFFINE, a: scale, b: shift)
        case .softplus: ck_activation(function: CK_SOFTPLUS, a: 0, b: 0)
        case .exp: ck_activation(function: CK_EXP, a: 0, b: 0)
        case .log: ck_activation(function: CK_LOG, a: 0, b: 0)
        case .sqrt: ck_activation(function: CK_SQRT, a: 0, b: 0)
        case .abs: ck_activation(function: CK_ABS, a: 0, b: 0)
        case .reciprocal: ck_activation(function: CK_RECIPROCAL, a: 0, b: 0)
        case .floor: ck_activation(function: CK_FLOOR, a: 0, b: 0)
        case .ceil: ck_activation(function: CK_CEIL, a: 0, b: 0)
        case .round: ck_activation(function: CK_ROUND, a: 0, b: 0)
        case .tanh: ck_activation(function: CK_TANH, a: 0, b: 0)
        case .erf: ck_activation(function: CK_ERF, a: 0, b: 0)
        }
    }
}
