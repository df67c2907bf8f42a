/// Rules for the texts that clients send.
enum Text {
    static let identifierRule = "must be 1 to 64 of A–Z a–z 0–9 . _ ~ - and neither . nor .."

    /// An identifier of a class, student or session: unreserved characters of RFC 3986 §2.3.
    static func isIdentifier(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    static let labelRule = "must have 1 to 200 characters, not only white space, and no control characters"

    /// A name or title. Joiners stay allowed: Persian names and emoji need them.
    static func isLabel(_ text: String) -> Bool {
        (1...200).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            } && text.unicodeScalars.contains { !$0.properties.isWhitespace }
    }

    static func isIdempotencyKey(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
    }
}
