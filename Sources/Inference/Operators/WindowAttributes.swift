import Kernels

/// The attributes that convolution and pooling share: kernel_shape, strides, dilations, pads, auto_pad, ceil_mode.
struct WindowAttributes: Sendable, Equatable {
    enum Padding: Sendable, Equatable {
        case explicit(before: Window.Pair, after: Window.Pair)
        /// As many places as the stride allows, an odd pixel below and right (`upper`) or above and left.
        case same(upper: Bool)
    }

    /// How far a window may reach, so that places and paddings stay far from 2^31 in the kernels.
    private static let farthest = 1 << 28

    let kernel: Window.Pair?
    let strides: Window.Pair
    let dilations: Window.Pair
    let padding: Padding
    let ceiling: Bool
    /// True for pictures of one axis, [N, C, W], which are treated as [N, C, 1, W].
    let flat: Bool

    init(_ node: NodeReader, pooling: Bool) throws(GraphError) {
        func pair(_ name: String, _ range: ClosedRange<Int>) throws(GraphError) -> [Int]? {
            guard let values = try node.ints(name, in: range) else { return nil }
            guard (1...2).contains(values.count) else {
                throw node.bad(name, "has \(values.count) values, supported: 1 or 2 spatial axes")
            }
            return values
        }
        let shape = try pair("kernel_shape", 1...4096)
        let steps = try pair("strides", 1...4096)
        let gaps = try pair("dilations", 1...4096)
        let pads = try node.ints("pads", in: 0...4096)
        if let pads, pads.count != 2, pads.count != 4 {
            throw node.bad("pads", "has \(pads.count) values, supported: 2 or 4")
        }
        let ranks = Set([shape?.count, steps?.count, gaps?.count, pads.map { $0.count / 2 }].compactMap(\.self))
        guard ranks.count <= 1 else {
            throw node.bad("kernel_shape", "and the other attributes have different lengths")
        }
        if pooling, shape == nil { throw .missingAttribute(node: node.name, attribute: "kernel_shape") }
        flat = ranks.first == 1
        kernel = shape.map { $0.count == 1 ? Window.Pair(1, $0[0]) : Window.Pair($0[0], $0[1]) }
        strides = steps.map { $0.count == 1 ? Window.Pair(1, $0[0]) : Window.Pair($0[0], $0[1]) } ?? Window.Pair(1, 1)
        dilations = gaps.map { $0.count == 1 ? Window.Pair(1, $0[0]) : Window.Pair($0[0], $0[1]) } ?? Window.Pair(1, 1)
        ceiling = pooling ? try node.flag("ceil_mode") : false
        let automatic = try node.string("auto_pad", default: "NOTSET")
        switch automatic {
        case "NOTSET":
            let pads = pads ?? [0, 0, 0, 0]
            padding =
                pads.count == 2
                ? .explicit(before: Window.Pair(0, pads[0]), after: Window.Pair(0, pads[1]))
                : .explicit(before: Window.Pair(pads[0], pads[1]), after: Window.Pair(pads[2], pads[3]))
        case "VALID": padding = .explicit(before: Window.Pair(0, 0), after: Window.Pair(0, 0))
        case "SAME_UPPER": padding = .same(upper: true)
        case "SAME_LOWER": padding = .same(upper: false)
        default: throw node.unsupported("auto_pad", "'\(automatic)'; NOTSET, VALID, SAME_UPPER, SAME_LOWER are")
        }
    }

    /// The window and its places over `picture`; `kernel` from the weights where the attribute is left out.
    func window(kernel fallback: Window.Pair? = nil, over picture: Window.Pair) throws(Refusal) -> (Window, Window.Pair)
    {
        guard let kernel = kernel ?? fallback else { throw .shape("no kernel shape") }
        if let fallback, kernel != fallback {
            throw .shape("kernel_shape \(kernel) differs from the weights' \(fallback)")
        }
        var window = Window(kernel: kernel, strides: strides, dilations: dilations)
        guard max(window.reach.height, window.reach.width) <= Self.farthest else {
            throw .tooLarge("a window of \(window.reach.height)×\(window.reach.width)", limit: Self.farthest)
        }
        switch padding {
        case .explicit(let before, let after): (window.before, window.after) = (before, after)
        case .same(let upper):
            func pads(_ length: Int, _ stride: Int, _ reach: Int) -> (Int, Int) {
                let total = max(((length + stride - 1) / stride - 1) * stride + reach - length, 0)
                return upper ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
            }
            let rows = pads(picture.height, strides.height, window.reach.height)
            let columns = pads(picture.width, strides.width, window.reach.width)
            window.before = Window.Pair(rows.0, columns.0)
            window.after = Window.Pair(rows.1, columns.1)
        }
        guard let places = window.places(over: picture, ceiling: ceiling) else {
            throw .shape(
                "a window of \(window.reach.height)×\(window.reach.width) does not fit \(picture.height)×\(picture.width)"
            )
        }
        return (window, places)
    }

    /// [N, C, W] as [N, C, 1, W]; four axes as they are.
    func lifted(_ shape: [Int]) throws(Refusal) -> [Int] {
        if flat || kernel == nil, shape.count == 3 { return [shape[0], shape[1], 1, shape[2]] }
        guard shape.count == 4, !(flat && kernel != nil) else {
            throw .shape("shape \(shape) is not supported: [N, C, H, W] or [N, C, W] matching kernel_shape are")
        }
        return shape
    }
}
