import Concentration
import HTTP

/// The query items of a request that its endpoint knows. Others and repeated ones are refused by name.
struct Query {
    private let items: [String: String]

    /// Without items: pages and probes read none.
    init() { items = [:] }

    init(_ head: RequestHead, allowed: [String]) throws(APIError) {
        var items: [String: String] = [:]
        for (name, value) in head.query {
            guard allowed.contains(name) else { throw APIError(.invalidQuery, "unknown query parameter \"\(name)\"") }
            guard items.updateValue(value, forKey: name) == nil else {
                throw APIError(.invalidQuery, "query parameter \"\(name)\" given twice")
            }
        }
        self.items = items
    }

    subscript(_ name: String) -> String? { items[name] }

    func time(_ name: String) throws(APIError) -> Timestamp? {
        guard let text = items[name] else { return nil }
        guard let time = Timestamp(text) else {
            throw APIError(.invalidTimestamp, "\"\(name)\" must be an RFC 3339 time such as 2026-11-21T10:00:00Z")
        }
        return time
    }

    func flag(_ name: String) throws(APIError) -> Bool {
        switch items[name] {
        case nil, "false": return false
        case "true": return true
        default: throw APIError(.invalidQuery, "\"\(name)\" must be true or false")
        }
    }

    /// How many elements a page may have.
    func limit(default standard: Int = 100, maximum: Int = 1000) throws(APIError) -> Int {
        guard let text = items["limit"] else { return standard }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let limit = Int(text),
            (1...maximum).contains(limit)
        else { throw APIError(.invalidQuery, "\"limit\" must be a whole number from 1 to \(maximum)") }
        return limit
    }
}
