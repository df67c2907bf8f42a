/// Connections that wait for their next turn, each once, however often it is asked for: no client gets more turns than others
/// by sending more.
struct TurnQueue {
    private var ids: [UInt64] = []
    private var waiting: Set<UInt64> = []

    var isEmpty: Bool { ids.isEmpty }

    mutating func append(_ id: UInt64) {
        if waiting.insert(id).inserted { ids.append(id) }
    }

    /// In the order in which they were added; the queue is then empty.
    mutating func takeAll() -> [UInt64] {
        defer { (ids, waiting) = ([], []) }
        return ids
    }
}
