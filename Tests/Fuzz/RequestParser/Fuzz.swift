import HTTP

/// The request parser under any bytes: no crash, and the same events whether the bytes come at once or in pieces.
/// The first byte is the size of the pieces.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let first = input.first else { return 0 }
    let stream = Array(input.dropFirst())
    let whole = outcome(of: stream, piece: max(stream.count, 1))
    let pieces = outcome(of: stream, piece: Int(first % 16) + 1)
    if whole != pieces { fatalError("pieces of \(first % 16 + 1) bytes read otherwise:\n\(whole)\n\(pieces)") }
    // A form that was read must be inside its limits.
    if let form = try? MultipartForm(
        stream, contentType: "multipart/form-data; boundary=b", limits: .init(partBytes: 64)),
        form.parts.contains(where: { $0.body.count > 64 })
    {
        fatalError("a part is larger than its limit")
    }
    return 0
}

/// Heads, joined bodies and ends in order, then the error.
private func outcome(of stream: [UInt8], piece: Int) -> String {
    var parser = RequestParser()
    var outcome = ""
    var sum = 0
    do {
        for start in stride(from: 0, to: stream.count, by: piece) {
            parser.append(stream[start..<min(start + piece, stream.count)])
            while let event = try parser.next() {
                switch event {
                case .head(let head):
                    outcome += "\(head.method) \(head.target) \(head.path) \(head.query) \(head.headers.fields)\n"
                    if head.path.contains(where: { $0 == ".." || $0 == "." || $0.utf8.contains(UInt8(ascii: "/")) }) {
                        fatalError("the path escapes: \(head.path)")
                    }
                    if head.headers.fields.contains(where: {
                        $0.value.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 }
                    }) {
                        fatalError("a header value has a line's end")
                    }
                case .body(let bytes):
                    if bytes.isEmpty { fatalError("an empty piece of a body") }
                    for byte in bytes { sum = sum &* 31 &+ Int(byte) }
                case .end:
                    outcome += "end \(sum)\n"
                    sum = 0
                }
            }
        }
    } catch { outcome += "\(error)" }
    return outcome
}
