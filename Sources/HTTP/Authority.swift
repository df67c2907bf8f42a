import Glibc

/// `uri-host [ ":" port ]` of RFC 9110 §7.2, as in the Host field. An empty host is refused: no http URI has one.
enum Authority {
    static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            return isIPv6(bytes[..<end].dropFirst()) && isPort(bytes[(end + 1)...])
        }
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        return isRegisteredName(bytes[..<colon]) && isPort(bytes[colon...])
    }

    /// Empty, or a colon and at most five digits.
    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let colon = bytes.first else { return true }
        return colon == UInt8(ascii: ":") && bytes.count <= 6 && bytes.dropFirst().allSatisfy(Grammar.isDigit)
    }

    private static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.allSatisfy({ Grammar.hexValue($0) != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
        else { return false }
        var address = in6_addr()
        return inet_pton(AF_INET6, String(decoding: bytes, as: UTF8.self), &address) == 1
    }

    /// reg-name of RFC 3986 §3.2.2, not empty.
    private static func isRegisteredName(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard rest.popFirst().flatMap(Grammar.hexValue) != nil, rest.popFirst().flatMap(Grammar.hexValue) != nil
                else { return false }
            case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="): break
            // A token byte that is neither unreserved nor a sub-delim.
            case UInt8(ascii: "#"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"): return false
            default: guard Grammar.isTokenByte(byte) else { return false }
            }
        }
        return !bytes.isEmpty
    }
}
