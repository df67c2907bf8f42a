import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0.5", "12", "1e-05", "0.1", "\"\"", "\"é😀\"", "[]", "{}",
        "[1,[2,{\"a\":null}]]", "{\"b\":1,\"a\":[]}", "\"\\u0000\\u007f\\n\\t\\\"\\\\\"",
    ])
    func writesWhatItRead(_ text: String) throws {
        #expect(try JSON(parsing: Array(text.utf8)).text == text)
    }

    @Test func understandsEscapes() throws {
        let text = #""\u0041\ud83d\ude00\/\b\f\r""#
        #expect(try JSON(parsing: Array(text.utf8)) == .string("A😀/\u{8}\u{c}\r"))
    }

    /// Names that look the same but are other bytes are other names.
    @Test func namesAreTheirBytes() throws {
        let json = try JSON(parsing: Array(#"{"\u00e9":1,"e\u0301":2}"#.utf8))
        #expect(json["\u{e9}"] == 1 && json["e\u{301}"] == 2)
    }

    @Test(arguments: [
        "", " ", "nul", "truefalse", "{", "}", "[", "[1", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
        "{\"a\":1 \"b\":2}", "'a'", "\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
        "\"\\udc00\"", "\"a\nb\"", "01", "+1", "1.", ".5", "1e", "1e+", "-", "1e999", "0x10", "NaN", "Infinity", "1 2",
        "[1]x", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "\u{feff}1", "// c\n1",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test(arguments: [
        [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x80], [0x22, 0x00, 0x22],
    ])
    func refusesInvalidUTF8(_ bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func refusesDeepNesting(_ opening: String) throws {
        #expect(throws: JSONError(offset: 32 * opening.utf8.count, problem: "nested too deeply")) {
            try JSON(parsing: Array(String(repeating: opening, count: 1_000_000).utf8))
        }
        let deepest = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(try JSON(parsing: Array(deepest.utf8)).text == deepest)
    }

    @Test func roundsAndDropsWhatIsNotANumber() {
        #expect(
            JSON.array([.rounded(0.123456), .rounded(2.0 / 3, places: 2), .rounded(.nan), .rounded(nil)]).text
                == "[0.1235,0.67,null,null]")
        #expect(JSON.number(.infinity).text == "null")
        #expect(JSON.number(1e300).text == "1e+300")
        #expect(JSON.rounded(1e308, places: 4).text == "1e+308")
    }

    /// Every prefix and every single-byte change of a document is read or refused, never fatal.
    @Test func survivesEveryDamage() {
        let document = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00"],"b":{"c":null,"d":true}}"#.utf8)
        for end in 0..<document.count {
            #expect(throws: JSONError.self, "prefix of \(end)") { try JSON(parsing: Array(document[..<end])) }
        }
        for index in document.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = document
                damaged[index] = byte
                if let value = try? JSON(parsing: damaged) {
                    #expect((try? JSON(parsing: value.bytes)) == value, "byte \(byte) at \(index)")
                }
            }
        }
    }

    /// Python's `json` is the referee: what it refuses is refused here.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: Fixtures.python.path), "needs .venv (make setup)"))
    func acceptsNothingPythonRefuses() throws {
        let alphabet = [
            "{", "}", "[", "]", ":", ",", "\"a\"", "\"b\"", "1", "-0", "1.5", "e3", "true", "null", " ", "\"", "\\",
        ]
        var generator = FixedRandom(seed: 7)
        let documents = (0..<20_000).map { _ in
            (0..<Int.random(in: 1...9, using: &generator)).map { _ in alphabet.randomElement(using: &generator)! }
                .joined()
        }
        let script = """
            import json, sys
            for line in sys.stdin.buffer.read().split(b"\\n"):
                try: json.loads(line, parse_constant=lambda c: 1/0); print(1)
                except Exception: print(0)
            """
        let verdicts = try Fixtures.run(Fixtures.python, ["-c", script], input: documents.joined(separator: "\n"))
            .split(separator: "\n").map { $0 == "1" }
        try #require(verdicts.count == documents.count)
        var accepted = 0
        for (document, verdict) in zip(documents, verdicts) {
            let ours = (try? JSON(parsing: Array(document.utf8))) != nil
            if ours { accepted += 1 }
            #expect(!ours || verdict, "accepted what Python refuses: \(document)")
            if verdict && !ours {
                #expect(document.contains("\"a\"") || document.contains("\"b\""), "refused: \(document)")
            }
        }
        #expect(accepted > 100)
    }
}
