/// Some rows of a window's places and the rows of the picture under them, those outside the picture left out.
public struct RowRange: Sendable, Hashable {
    public let places: Range<Int>
    public let picture: Range<Int>

    /// The rows of a picture of `height` rows under the rows `places`.
    public init(_ places: Range<Int>, of window: Window, over height: Int) {
        let top = places.lowerBound * window.strides.height - window.before.height
        let bottom = (places.upperBound - 1) * window.strides.height - window.before.height + window.reach.height
        let first = min(max(top, 0), height)
        self.places = places
        picture = first..<max(first, min(bottom, height))
    }
}

extension Window {
    /// The window that takes `rows.places` if only the rows `rows.picture` of a picture of `height` rows are there.
    func only(_ rows: RowRange, of height: Int) -> Window {
        var part = self
        part.before.height += rows.picture.lowerBound - rows.places.lowerBound * strides.height
        part.after.height += height - rows.picture.upperBound
        return part
    }
}

/// What slides a window over pictures.
public protocol WindowJob {
    var window: Window { get set }
    var picture: Window.Pair { get set }
    var places: Window.Pair { get set }
}

extension WindowJob {
    /// The same for some rows, nil for all; input and output then begin with the first of them.
    public func only(_ rows: RowRange?) -> Self {
        guard let rows else { return self }
        var part = self
        part.window = window.only(rows, of: picture.height)
        part.picture.height = rows.picture.count
        part.places.height = rows.places.count
        return part
    }
}
