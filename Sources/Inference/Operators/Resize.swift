import Glibc
import Kernels
import Tensor

/// Resize (opset 10 to 19) and Upsample: nearest or linear over the last two axes.
struct Resize: Operator {
    enum Coordinates: String, Sendable, CaseIterable {
        case halfPixel = "half_pixel"
        case asymmetric
        case alignCorners = "align_corners"
        case pytorchHalfPixel = "pytorch_half_pixel"
    }

    enum Rounding: String, Sendable, CaseIterable {
        case floor, ceil
        case preferFloor = "round_prefer_floor"
        case preferCeil = "round_prefer_ceil"
    }

    let isLinear: Bool
    let coordinates: Coordinates
    let rounding: Rounding
    /// Inputs of scales and sizes.
    let scalesInput: Int
    let scales: [Float]?

    init(_ node: NodeReader) throws(GraphError) {
        node.expect(inputs: 1...4)
        let mode = try node.string("mode", default: "nearest")
        guard ["nearest", "linear", "bilinear"].contains(mode) else {
            throw node.unsupported("mode", "'\(mode)'; nearest and linear are")
        }
        isLinear = mode != "nearest"
        let simple = node.type == "Upsample" || node.opset < 11
        scalesInput = simple ? 1 : 2
        scales = try node.floats("scales")
        let name = try node.string("coordinate_transformation_mode", default: simple ? "asymmetric" : "half_pixel")
        guard let known = Coordinates(rawValue: name) else {
            throw node.unsupported("coordinate_transformation_mode", "'\(name)'; \(Coordinates.names) are")
        }
        coordinates = known
        let nearest = try node.string("nearest_mode", default: simple ? "floor" : "round_prefer_floor")
        guard let rounding = Rounding(rawValue: nearest) else {
            throw node.unsupported("nearest_mode", "'\(nearest)'; \(Rounding.names) are")
        }
        self.rounding = rounding
        node.ignore("cubic_coeff_a")
        node.ignore("extrapolation_value")
        if try node.flag("exclude_outside") { throw node.unsupported("exclude_outside", "only 0 is") }
        if try node.flag("antialias") { throw node.unsupported("antialias", "only 0 is") }
        if node.has("axes") { throw node.unsupported("axes", "all axes are resized") }
        let policy = try node.string("keep_aspect_ratio_policy", default: "stretch")
        guard policy == "stretch" else { throw node.unsupported("keep_aspect_ratio_policy", "'\(policy)'; stretch is") }
    }

    var folds: Bool { false }

    private struct Setup {
        var rows: Resizing.Samples
        var columns: Resizing.Samples
    }

    private func setup(_ shape: [Int], scales given: Literal?, sizes: [Int]?) throws(Refusal) -> Setup {
        guard shape.count == 4, !shape.contains(0) else {
            throw .shape("shape \(shape) is not supported: [N, C, H, W] is")
        }
        let scales = if case .float(let tensor)? = given, tensor.count > 0 { tensor.values as [Float]? } else { scales }
        let factors: [Double]
        if let scales {
            factors = scales.map(Double.init)
        } else if let sizes, sizes.count == 4 {
            guard sizes.allSatisfy({ (1...65536).contains($0) }) else {
                throw .shape("sizes \(sizes) are not supported: 1 to 65536 are")
            }
            factors = zip(sizes, shape).map { Double($0) / Double($1) }
        } else {
            throw .shape("neither scales nor sizes of four axes are given")
        }
        guard factors.count == 4, factors[0] == 1, factors[1] == 1, factors.allSatisfy({ $0 > 0 && $0 <= 65536 }) else {
            throw .shape("scales \(factors) are not supported: 1, 1 and two numbers above 0 are")
        }
        // Scales count as float32: 0.7 of 10 pixels are 7 there, and 6 in more exact numbers.
        var lengths = zip(shape, factors).map { Int((Float($0) * Float($1)).rounded(.down)) }
        if let sizes, sizes.count == 4 { lengths = sizes }
        guard lengths.allSatisfy({ $0 > 0 }) else { throw .shape("an axis would have no entries: \(lengths)") }
        guard lengths[2] <= 65536, lengths[3] <= 65536 else { throw .tooLarge("a picture of \(lengths)", limit: 65536) }
        return Setup(
            rows: samples(from: shape[2], to: lengths[2], scale: factors[2], isExact: scales == nil),
            columns: samples(from: shape[3], to: lengths[3], scale: factors[3], isExact: scales == nil))
    }

    /// ONNX's coordinate transformations (operator Resize, attribute coordinate_transformation_mode).
    private func original<T: BinaryFloatingPoint>(_ x: T, from source: Int, to target: Int, scale: T) -> T {
        switch coordinates {
        case .asymmetric: x / scale
        case .halfPixel: (x + 0.5) / scale - 0.5
        case .pytorchHalfPixel: target > 1 ? (x + 0.5) / scale - 0.5 : 0
        case .alignCorners: target > 1 ? x * T(source - 1) / T(target - 1) : 0
        }
    }

    /// - Parameter isExact: false for a scale that counts as float32.
    private func samples(from source: Int, to target: Int, scale: Double, isExact: Bool) -> Resizing.Samples {
        var samples = Resizing.Samples(sources: [])
        for place in 0..<target {
            var at =
                isExact
                ? original(Double(place), from: source, to: target, scale: scale)
                : Double(original(Float(place), from: source, to: target, scale: Float(scale)))
            if isLinear {
                at = min(max(at, 0), Double(source - 1))
                samples.sources.append(Int32(at))
                samples.shares.append(Float(at - at.rounded(.down)))
            } else {
                let rounded: Double =
                    switch rounding {
                    case .floor: at.rounded(.down)
                    case .ceil: at.rounded(.up)
                    case .preferFloor: (at - 0.5).rounded(.up)
                    case .preferCeil: (at + 0.5).rounded(.down)
                    }
                samples.sources.append(Int32(min(max(rounded, 0), Double(source - 1))))
            }
        }
        return samples
    }

    func evaluate(_ arguments: Arguments) throws(Refusal) -> [Literal] {
        let input = try arguments.float(0)
        let setup = try setup(input.shape, scales: arguments[scalesInput], sizes: arguments.list(3))
        _ = try arguments.checked(
            Array(input.shape.prefix(2)) + [setup.rows.sources.count, setup.columns.sources.count])
        return [.float(Resizing.reference(input, rows: setup.rows, columns: setup.columns))]
    }

    func lower(_ operands: Operands, into program: Lowering) throws(Refusal) -> [Operand] {
        let view = try program.view(operands, 0)
        let setup = try setup(view.shape, scales: operands.literal(scalesInput), sizes: operands.list(3))
        try program.keep(floats: 2 * (setup.rows.sources.count + setup.columns.sources.count))
        let input = try program.channelsLast(view)
        let (n, c, picture) = (view.shape[0], view.shape[1], Window.Pair(view.shape[2], view.shape[3]))
        let output = try program.allocate(
            [n, c, setup.rows.sources.count, setup.columns.sources.count], channelsLast: true)
        let (from, to, isa) = (input.place, output.place, program.isa)
        let stride = input.pixelStride ?? c
        program.emit(reads: [input], writes: [output]) { memory in
            Resizing.run(
                pictures: n, picture: picture, channels: c, rows: setup.rows, columns: setup.columns,
                input: memory.pixels(from, stride: stride), output: memory.pixels(to, stride: c), on: isa)
        }
        return [.view(output)]
    }
}

extension CaseIterable where Self: RawRepresentable, RawValue == String {
    fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
