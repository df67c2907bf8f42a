import COpenBLAS

/// a · b for matrices that are both computed during the run; known weights go through `Convolution` with one tap.
public enum MatrixProduct {
    /// Row-major [rows, depth] · [depth, columns], sums in double precision.
    public static func reference(
        _ a: ArraySlice<Float>, _ b: ArraySlice<Float>, rows: Int, depth: Int, columns: Int
    ) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(rows * columns)
        for row in 0..<rows {
            for column in 0..<columns {
                var sum = 0.0
                for k in 0..<depth {
                    sum += Double(a[a.startIndex + row * depth + k]) * Double(b[b.startIndex + k * columns + column])
                }
                result.append(Float(sum))
            }
        }
        return result
    }

    /// The same through OpenBLAS on one thread.
    public static func run(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, rows: Int,
        depth: Int, columns: Int
    ) {
        guard rows > 0, columns > 0 else { return }
        _ = singleThread
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(depth), 1, a,
            blasint(depth), b, blasint(columns), 0, target, blasint(columns))
    }

    /// Workers run one session each, so the library must not start threads of its own.
    private static let singleThread: Void = openblas_set_num_threads(1)
}
