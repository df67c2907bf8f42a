/// A request target taken apart (RFC 9112 §3.2) and percent-decoded once.
struct RequestTarget {
    private(set) var path: [String] = []
    private(set) var query: [(name: String, value: String)] = []

    init(method: String, target: ArraySlice<UInt8>) throws(RequestError) {
        guard target.allSatisfy({ $0 > Grammar.space && $0 < 0x7f && $0 != UInt8(ascii: "#") }), !target.isEmpty else {
            throw .badRequest("the request target has a byte that is not allowed")
        }
        if method == "CONNECT" { throw .badRequest("this server is no proxy") }
        if target.elementsEqual("*".utf8) {
            guard method == "OPTIONS" else { throw .badRequest("the target * is for OPTIONS only") }
            return
        }
        var rest = target
        if rest.first != UInt8(ascii: "/") { rest = try Self.dropAuthority(of: rest) }
        let end = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        try parsePath(rest[..<end])
        if end < rest.endIndex { try parseQuery(rest[(end + 1)...]) }
    }

    /// What follows scheme and authority of the absolute form; this server has one site, whatever its name (RFC 9112 §3.2.2).
    private static func dropAuthority(of target: ArraySlice<UInt8>) throws(RequestError) -> ArraySlice<UInt8> {
        let lowered = target.prefix(8).map(Grammar.lowercase)
        let scheme = ["http://", "https://"].first { lowered.starts(with: $0.utf8) }
        guard let scheme else { throw .badRequest("the request target is neither a path nor an http URI") }
        let afterScheme = target.dropFirst(scheme.utf8.count)
        let end = afterScheme.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? afterScheme.endIndex
        guard Authority.isValid(afterScheme[..<end]) else { throw .badRequest("the target's authority is invalid") }
        return afterScheme[end...]
    }

    private mutating func parsePath(_ bytes: ArraySlice<UInt8>) throws(RequestError) {
        guard bytes.count > 1 else { return }
        for segment in bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard segment.allSatisfy(Self.isPathByte) else {
                throw .badRequest("the path has a character that must be percent-encoded")
            }
            let text = try Self.decoded(segment)
            if text == "." || text == ".." || text.utf8.contains(UInt8(ascii: "/"))
                || text.utf8.contains(UInt8(ascii: "\\"))
            {
                throw .badRequest("the path has a dot segment or an encoded slash")
            }
            path.append(text)
        }
    }

    private mutating func parseQuery(_ bytes: ArraySlice<UInt8>) throws(RequestError) {
        for item in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            query.append((try Self.decoded(item[..<equals]), try Self.decoded(item[equals...].dropFirst())))
        }
    }

    /// pchar and % of RFC 3986 §3.3.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["), UInt8(ascii: "\\"),
            UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"),
            UInt8(ascii: "}"):
            false
        default: true
        }
    }

    /// Percent-decoding of RFC 3986 §2.1, once; refuses control bytes and what is not UTF-8.
    static func decoded(_ bytes: ArraySlice<UInt8>) throws(RequestError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Grammar.hexValue),
                let low = rest.popFirst().flatMap(Grammar.hexValue)
            else { throw .badRequest("% is not followed by two hexadecimal digits") }
            decoded.append(high << 4 | low)
        }
        guard !decoded.contains(where: Grammar.isControl) else { throw .badRequest("an encoded control byte") }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw .badRequest("the decoded target is not UTF-8")
        }
        return text
    }
}
