import Kernels

/// What one call of a `RowStep` computes.
struct Band: Sendable {
    static let whole = Band(rows: nil)

    /// Nil for everything.
    var rows: RowRange?
    /// Floats from where a value lies to the first of the band's rows of it.
    var input = 0
    var residual = 0
    var output = 0
}

/// A step whose output's rows each depend on a few rows of the input, so that it can compute some of them at a time.
struct RowStep: Sendable {
    let input: View
    let residual: View?
    let output: View
    /// How rows of the input lie under rows of the output.
    let window: Window
    let run: @Sendable (_ memory: Memory, _ band: Band) -> Void

    /// Whether it can: on one picture, in dense rows, with a part of each window inside it.
    var takesBands: Bool {
        output.shape[0] == 1 && input.pixels != nil && output.pixelStride != nil
            && (residual == nil || residual?.pixelStride != nil)
            && max(window.before.height, window.after.height) < window.reach.height
    }

    var height: Int { output.shape[2] }
    /// Floats of a row.
    var inputRow: Int { input.shape[3] * (input.pixels?.pixel ?? 0) }
    var residualRow: Int { (residual?.shape[3] ?? 0) * (residual?.pixelStride ?? 0) }
    var outputRow: Int { output.shape[3] * (output.pixelStride ?? 0) }

    func rows(_ places: Swift.Range<Int>) -> RowRange { RowRange(places, of: window, over: input.shape[2]) }
}
