import TestSupport

/// Streams of requests that are valid, nearly valid and mutated; the same for the same seed.
struct RequestGenerator {
    private var random: FixedRandom

    init(seed: UInt64) { random = FixedRandom(seed: seed) }

    mutating func stream() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) { bytes += request() }
        // Half of the streams are mutated.
        if Bool.random(using: &random) { for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes) } }
        return bytes
    }

    private mutating func pick(_ usual: String, or others: String...) -> String {
        Int.random(in: 0..<40, using: &random) > 0 ? usual : others.randomElement(using: &random) ?? usual
    }

    private mutating func request() -> [UInt8] {
        let target = ["/", "/a/b?c=d", "/%41", "http://h/x", "*", "a", "/\u{e9}", "/a b", "/#", "/%2f"]
        let path = Int.random(in: 0..<3, using: &random) > 0 ? "/x" : target.randomElement(using: &random) ?? "/"
        let method = pick("POST", or: "GET", "OPTIONS", "HEAD", "P()T", "post", "CONNECT", "")
        let version = pick("HTTP/1.1", or: "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/1.1 ", "http/1.1", "HTTP/11", "")
        var lines = [method + pick(" ", or: "  ", "\t", "") + path + pick(" ", or: "  ", "") + version]
        lines.append(
            pick("Host: a", or: "Host: b:80", "Host : a", "host:a", "Host: a\r\nHost: a", "X: y", "Host:", " Host: a"))
        let extra = [
            "X: 1", "X:", "X:\t2 \t", "X: \u{e9}", "Connection: close", "Connection: keep-alive",
            "Expect: 100-continue",
            "Upgrade: websocket\r\nConnection: upgrade", ": 1", "X", "X Y: 1", "X: a\r\n b", "X: \u{0}", "X: \u{b}",
            "(: 1",
            "Content-Length: 3", "Transfer-Encoding: chunked", "Transfer-Encoding: identity", "X: a\nY: b",
        ]
        for _ in 0..<(Int.random(in: 0..<4, using: &random) / 3) {
            lines.append(extra.randomElement(using: &random) ?? "X: 1")
        }
        let (framing, body) = Bool.random(using: &random) ? sized() : chunked()
        lines += framing
        lines.shuffleTail(using: &random)
        let end = pick("\r\n", or: "\n", "\r", "\r\n ")
        return Array((lines.joined(separator: pick("\r\n", or: "\n", "\r\r\n")) + "\r\n" + end + body).utf8)
    }

    private mutating func sized() -> ([String], String) {
        let body = ["", "a", "hello", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"].randomElement(using: &random) ?? ""
        let count = "\(body.utf8.count)"
        let value = pick(
            count, or: "+\(count)", "0x\(count)", "\(count), \(count)", "00\(count)", " \(count) ", "-1", "",
            "99999999999999999999999", "\(count).0", "1 1")
        let line = pick("Content-Length: ", or: "content-length:", "Content-Length : ", "Content-Length\t:")
        let twice = pick(
            "", or: "\r\nContent-Length: \(count)", "\r\nContent-Length: 1", "\r\nTransfer-Encoding: chunked")
        return (body.isEmpty && Bool.random(using: &random) ? [] : [line + value + twice], body)
    }

    private mutating func chunked() -> ([String], String) {
        var body = ""
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let data =
                ["a", "hello", "\r\n", "0\r\n\r\n", String(repeating: "x", count: 17)].randomElement(using: &random)
                ?? "a"
            let size = String(data.utf8.count, radix: 16, uppercase: Bool.random(using: &random))
            body += pick(
                size, or: "0x\(size)", "+\(size)", " \(size)", "000\(size)", "\(size)0", "", "g",
                "ffffffffffffffff\(size)")
            body += pick("", or: ";a=b", ";", " ;a", " ", ";a=\"\u{1}\"", "\t", ";a\nb")
            body += pick("\r\n", or: "\n", "\r", "") + data + pick("\r\n", or: "\n", "", "x\r\n")
        }
        body += pick("0\r\n", or: "0;a\r\n", "00\r\n", "0 \r\n", "0\n", "-0\r\n")
        body += pick("", or: "X: 1\r\n", "X : 1\r\n", "X\r\n", "X: a\r\n b\r\n", "X: 1\n") + pick("\r\n", or: "\n", "")
        let value = pick(
            "chunked", or: "Chunked", "gzip, chunked", "chunked, chunked", "xchunked", "chunked ", "\u{b}chunked", "")
        return (["Transfer-Encoding:" + pick(" ", or: "", "\t") + value], body)
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let interesting: [UInt8] = [0, 9, 10, 11, 13, 32, 34, 43, 44, 45, 48, 58, 59, 65, 120, 127, 128, 255]
        let at = Int.random(in: 0..<max(bytes.count, 1), using: &random)
        let byte = interesting.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.insert(byte, at: min(at, bytes.count))
        case 1 where !bytes.isEmpty: bytes[at] = byte
        case 2 where !bytes.isEmpty: bytes.remove(at: at)
        case 3 where !bytes.isEmpty: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        default: bytes.insert(contentsOf: bytes[at..<min(at + 8, bytes.count)], at: min(at, bytes.count))
        }
    }
}

extension [String] {
    /// Header lines come in any order after the request line.
    fileprivate mutating func shuffleTail(using random: inout some RandomNumberGenerator) {
        self = Array(prefix(1)) + dropFirst().shuffled(using: &random)
    }
}
