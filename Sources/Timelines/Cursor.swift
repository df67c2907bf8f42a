import Concentration

/// Where a page ends: the time and the internal key of its last entry. Written as `<list><time>.<key>` in base 36.
struct Cursor {
    enum List: String {
        case classes = "c", students = "u", consents = "g", sessions = "s", frames = "f", windows = "w", audit = "a"
    }

    var time: Int64
    var key: Int64

    func text(_ list: List) -> String { list.rawValue + String(time, radix: 36) + "." + String(key, radix: 36) }

    init(time: Timestamp = Timestamp(milliseconds: 0), key: Int64) { (self.time, self.key) = (time.milliseconds, key) }

    init(_ text: String, of list: List) throws(StoreError) {
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        guard text.first.map(String.init) == list.rawValue, parts.count == 2,
            let time = Int64(parts[0], radix: 36), let key = Int64(parts[1], radix: 36)
        else { throw .invalidCursor(text) }
        (self.time, self.key) = (time, key)
    }
}

extension Page {
    /// A page from up to `limit + 1` rows: the last one only tells that there is more.
    init(_ rows: [(element: Element, cursor: Cursor)], limit: Int, of list: Cursor.List) {
        elements = rows.prefix(limit).map(\.element)
        next = rows.count > limit ? rows[limit - 1].cursor.text(list) : nil
    }
}
