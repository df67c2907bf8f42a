extension GreyImage {
    /// The picture at another size by a triangle filter over each pixel's footprint: bilinear where it grows,
    /// anti-aliased where it shrinks, as Pillow's `BILINEAR`.
    public func resized(width newWidth: Int, height newHeight: Int) -> GreyImage {
        if newWidth == width, newHeight == height { return self }
        let columns = ResizeTaps(from: width, to: newWidth)
        let rows = ResizeTaps(from: height, to: newHeight)
        var line = [Float](repeating: 0, count: width)
        let pixels = [UInt8](unsafeUninitializedCapacity: newWidth * newHeight) { target, count in
            for y in 0..<newHeight {
                for x in 0..<width { line[x] = 0 }
                for (offset, weight) in rows.weights(y).enumerated() {
                    let source = (rows.first[y] + offset) * width
                    for x in 0..<width { line[x] += weight * Float(self.pixels[source + x]) }
                }
                for x in 0..<newWidth {
                    var sum: Float = 0
                    for (offset, weight) in columns.weights(x).enumerated() {
                        sum += weight * line[columns.first[x] + offset]
                    }
                    target[y * newWidth + x] = UInt8(max(0, min(255, sum.rounded(.toNearestOrAwayFromZero))))
                }
            }
            count = newWidth * newHeight
        }
        return GreyImage(width: newWidth, height: newHeight, pixels: pixels)
    }
}

/// For each pixel along one axis of the result: the first source pixel it is made of, and the weights from there on.
private struct ResizeTaps {
    var first: [Int] = []
    private var all: [Float] = []
    private var starts = [0]

    init(from old: Int, to new: Int) {
        let scale = Double(old) / Double(new)
        let support = max(scale, 1)
        for index in 0..<new {
            let centre = (Double(index) + 0.5) * scale
            let low = max(Int((centre - support + 0.5).rounded(.down)), 0)
            let high = min(Int((centre + support + 0.5).rounded(.down)), old)
            let weights = (low..<high).map { max(0, 1 - abs(Double($0) + 0.5 - centre) / support) }
            let total = weights.reduce(0, +)
            first.append(low)
            all += weights.map { Float($0 / total) }
            starts.append(all.count)
        }
    }

    func weights(_ index: Int) -> ArraySlice<Float> { all[starts[index]..<starts[index + 1]] }
}
