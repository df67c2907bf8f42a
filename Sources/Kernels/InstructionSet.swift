import CKernels
import Glibc

/// Which of the compiled kernels run.
public enum InstructionSet: String, Sendable, CaseIterable, Comparable {
    case portable, avx2, avx512

    /// Everything that this processor can run, slowest first.
    public static var available: [InstructionSet] { allCases.filter { $0 <= best } }

    /// What the environment's `CLASSPULSE_ISA` asks for if the processor has it, else the best there is.
    public static let preferred: InstructionSet = {
        guard let wish = getenv("CLASSPULSE_ISA").map({ String(cString: $0) }), let set = InstructionSet(rawValue: wish)
        else { return best }
        return min(set, best)
    }()

    public static let best: InstructionSet =
        switch ck_detect() {
        case CK_AVX512: .avx512
        case CK_AVX2: .avx2
        default: .portable
        }

    public static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.code.rawValue < b.code.rawValue }

    var code: ck_isa {
        switch self {
        case .portable: CK_PORTABLE
        case .avx2: CK_AVX2
        case .avx512: CK_AVX512
        }
    }

    /// Floats in one vector.
    public var vectorLength: Int { Int(ck_vector_length(code)) }
}
