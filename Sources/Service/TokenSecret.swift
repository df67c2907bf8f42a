import Crypto
import Glibc

/// A bearer token as the client holds it. The server keeps its hash only.
public struct TokenSecret: Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    /// A new token: `cp_` and 32 random bytes in base64url (RFC 4648 §5).
    public static func random() -> TokenSecret {
        TokenSecret("cp_" + Base64URL.encode(randomBytes(32)))
    }

    /// SHA-256 of the token's UTF-8. The token is random and long, so that a slow hash would add nothing.
    public var hash: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

    /// Whether two hashes are equal, in a time that does not depend on where they differ.
    static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Bytes of the system's generator.
func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}

/// An identifier of 128 random bits, 22 characters of base64url.
public func randomIdentifier() -> String { Base64URL.encode(randomBytes(16)) }

/// Base64 with `-` and `_` and without padding (RFC 4648 §5).
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var out: [UInt8] = []
        var (buffer, bits): (UInt32, Int) = (0, 0)
        for byte in bytes {
            buffer = (buffer << 8 | UInt32(byte)) & 0xffff
            bits += 8
            while bits >= 6 {
                bits -= 6
                out.append(alphabet[Int(buffer >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { out.append(alphabet[Int(buffer << UInt32(6 - bits) & 63)]) }
        return String(decoding: out, as: UTF8.self)
    }

    /// Nil for anything `encode` does not write.
    static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        var (buffer, bits): (UInt32, Int) = (0, 0)
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            buffer = (buffer << 6 | UInt32(value)) & 0xffff
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return encode(out) == text ? out : nil
    }
}
