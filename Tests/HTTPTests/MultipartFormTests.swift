import Testing

@testable import HTTP

@Suite struct MultipartFormTests {
    static let type = "multipart/form-data; boundary=b"

    static func parse(
        _ text: String, type: String? = MultipartFormTests.type,
        configure: (inout MultipartForm.Limits) -> Void = { _ in }
    ) throws(MultipartForm.Failure) -> [MultipartForm.Part] {
        var limits = MultipartForm.Limits(partBytes: 1_000)
        configure(&limits)
        return try MultipartForm(Array(text.utf8), contentType: type, limits: limits).parts
    }

    static func part(_ body: String, _ more: String = "") -> String {
        "--b\r\nContent-Disposition: form-data; name=\"f\"\(more)\r\n\r\n\(body)\r\n"
    }

    @Test func partsOfAllKinds() throws {
        let picture = Self.part("\r\n--\r\n--a\r\n", "; filename=\"a\\\"b.jpg\"\r\nContent-Type: image/JPEG; q=1")
        let last = Self.form("-b", "\r\ncontent-transfer-encoding: Binary")
        let parts = try Self.parse("\(Self.part("one"))\(Self.part(""))\(picture)\(last)\r\n")
        #expect(parts.map { String(decoding: $0.body, as: UTF8.self) } == ["one", "", "\r\n--\r\n--a\r\n", "-b"])
        #expect(parts.map(\.name) == ["f", "f", "f", "f"])
        #expect(parts.map(\.filename) == [nil, nil, "a\"b.jpg", nil])
        #expect(parts.map(\.contentType?.value) == [nil, nil, "image/jpeg", nil])
        #expect(try Self.parse(Self.part("x") + "--b--").count == 1)
        #expect(try Self.parse("--b--").isEmpty)
    }

    @Test func binaryBodiesOfAllSizes() throws {
        let boundary = "----WebKitFormBoundary7MA4YWxk'()+_,-./:=?"
        for size in [0, 1, 2, 3, 100, 4_096, 100_000] {
            let body = (0..<size).map { $0 % 5 == 0 ? 13 : UInt8(truncatingIfNeeded: $0 &* 7) }
            let head = "--\(boundary)\r\nContent-Disposition: form-data; name=a\r\n\r\n"
            let bytes = Array(head.utf8) + body + Array("\r\n--\(boundary)--\r\n".utf8)
            let form = try MultipartForm(
                bytes, contentType: "Multipart/Form-Data; boundary=\"\(boundary)\"", limits: .init(partBytes: 100_000))
            #expect(form.parts.map(\.body) == [body], "\(size)")
        }
    }

    /// A form of one part with this body and these further header lines.
    static func form(_ body: String = "a", _ more: String = "") -> String { part(body, more) + "--b--" }

    /// A form of one part with this header.
    static func header(_ lines: String) -> String { "--b\r\n\(lines)\r\n\r\na\r\n--b--" }

    static let malformedForms: [(name: String, text: String)] = [
        ("empty", ""), ("delimiter alone", "--b"), ("no header", "--b\r\n"), ("preamble", "x\(form())"),
        ("empty preamble", "\r\n\(form())"), ("no close delimiter", part("a")), ("epilogue", "\(form())x"),
        ("half a close delimiter", "\(part("a"))--b-"), ("padding after the close delimiter", "\(form()) "),
        ("padding after a delimiter", form().replacing("--b\r\n", with: "--b \r\n")),
        ("bare LF", form().replacing("\r\n\r\n", with: "\n\n")),
        ("another boundary", form().replacing("--b", with: "--c")),
        ("no Content-Disposition", header("X: 1")), ("no header line", "--b\r\n\r\na\r\n--b--"),
        ("no name", header("Content-Disposition: form-data")),
        ("attachment", header("Content-Disposition: attachment; name=f")),
        ("two names", header("Content-Disposition: form-data; name=f; name=g")),
        ("open quote", header("Content-Disposition: form-data; name=\"f")),
        ("two Content-Dispositions", form("a", "\r\nContent-Disposition: form-data; name=g")),
        ("base64", form("a", "\r\nContent-Transfer-Encoding: base64")),
        ("two Content-Types", form("a", "\r\nContent-Type: a/b\r\nContent-Type: c/d")),
        ("space before the colon", form("a", "\r\nX : 1")), ("folded line", form("a", "\r\n folded")),
        ("control byte", form("a", "\r\nX: \u{1}")),
        ("long header", form("a", "\r\nX: \(String(repeating: "a", count: 3_000))")),
        ("many header lines", form("a", String(repeating: "\r\nX: 1", count: 8))),
        ("no body at all", "--b\r\nContent-Disposition: form-data; name=f\r\n\r\n--b--"),
    ]

    @Test func malformed() {
        for (name, text) in Self.malformedForms {
            let failure = #expect(throws: MultipartForm.Failure.self, "\(name)") { try Self.parse(text) }
            if case .malformed = failure { continue }
            Issue.record("\(name): \(String(describing: failure))")
        }
    }

    @Test func everyPrefixIsRefused() throws {
        let whole = Array((Self.part("one") + Self.part("two", "; filename=x") + "--b--").utf8)
        for count in 0..<whole.count {
            #expect(throws: MultipartForm.Failure.self, "\(count) bytes") {
                try MultipartForm(Array(whole[..<count]), contentType: Self.type, limits: .init(partBytes: 9))
            }
        }
    }

    @Test func limits() throws {
        let two = Self.part("12345") + Self.part("12345") + "--b--"
        #expect(try Self.parse(two) { ($0.parts, $0.partBytes) = (2, 5) }.count == 2)
        #expect(throws: MultipartForm.Failure.tooManyParts(limit: 1)) { try Self.parse(two) { $0.parts = 1 } }
        let long = Self.part("12345") + Self.part("123456") + "--b--"
        #expect(throws: MultipartForm.Failure.partTooLarge(index: 1, limit: 5)) {
            try Self.parse(long) { $0.partBytes = 5 }
        }
    }

    @Test(arguments: [
        (nil, MultipartForm.Failure.notFormData), ("image/jpeg", .notFormData),
        ("multipart/mixed; boundary=b", .notFormData),
        ("multipart/form-data", .invalidBoundary), ("multipart/form-data; boundary=", .notFormData),
        ("multipart/form-data; boundary=\"\"", .invalidBoundary),
        ("multipart/form-data; boundary=\"b \"", .invalidBoundary),
        ("multipart/form-data; boundary=\"b\\\\\"", .invalidBoundary),
        ("multipart/form-data; boundary=b; boundary=b", .notFormData),
        ("multipart/form-data; boundary=\(String(repeating: "b", count: 71))", .invalidBoundary),
    ])
    func contentType(type: String?, expected: MultipartForm.Failure) {
        #expect(throws: expected) { try Self.parse(Self.part("a") + "--b--", type: type) }
    }

    @Test(arguments: [
        ("text/plain", "text/plain", [:]), ("Text/HTML; Charset=UTF-8", "text/html", ["charset": "UTF-8"]),
        ("a/b;c=d;e=\"f;\\\"g\"", "a/b", ["c": "d", "e": "f;\"g"]), ("a/b ; c=d ;", "a/b", ["c": "d"]),
        ("form-data; name=\"é\"", "form-data", ["name": "é"]),
    ])
    func parameterizedValue(text: String, value: String, parameters: [String: String]) {
        let parsed = ParameterizedValue(text)
        #expect(parsed?.value == value && parsed?.parameters == parameters)
    }

    @Test(arguments: [
        "", ";", "; a=b", "a b", "a/b; c", "a/b; c=", "a/b; =d", "a/b; c=d e", "a/b; c=\"d", "a/b; c=\"d\\",
        "a/b; c=\"d\"e",
        "a/b; c=d; C=e", "a/b; c d=e", "a/b; c=\"\u{1}\"",
    ])
    func invalidParameterizedValue(text: String) { #expect(ParameterizedValue(text) == nil) }
}
