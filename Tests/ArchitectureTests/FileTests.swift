import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: !Checkout.trackedFiles.isEmpty, "needs a git checkout"))
struct FileTests {
    /// Files that may be longer than 400 lines, each with its reason. It should stay empty.
    static let longFiles: [String: String] = [:]

    static let sources = Checkout.trackedFiles.filter { path in
        [".swift", ".c", ".h", ".py", ".js", ".css", ".html"].contains { path.hasSuffix($0) }
    }

    @Test func filesAreShort() throws {
        for path in Self.sources where Self.longFiles[path] == nil {
            let lines = try Self.lineCount(path)
            #expect(lines <= 400, "\(path) has \(lines) lines: split it, or give the reason in longFiles")
        }
        for path in Self.longFiles.keys {
            #expect(try Self.lineCount(path) > 400, "\(path) is short enough now: take it off longFiles")
        }
    }

    @Test func theMedianFileIsAboutAHundredLines() throws {
        let lengths = try Self.sources.filter { $0.hasPrefix("Sources/") }.map(Self.lineCount).sorted()
        #expect(lengths[lengths.count / 2] <= 120)
    }

    /// A path of the machine somebody wrote the text on is of no use to anybody else.
    @Test func noFileNamesAMachine() throws {
        let machinePath = /(?:^|[^\w.~-])(\/(?:work|root|Users|home\/\w+)\/)/
        for path in Checkout.trackedFiles {
            guard let text = try? Checkout.text(path) else { continue }  // not text: pictures, models
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let found = line.firstMatch(of: machinePath)?.1
                #expect(found == nil, "\(path):\(number + 1) names \(found ?? "")")
            }
        }
    }

    private static func lineCount(_ path: String) throws -> Int {
        try Data(contentsOf: Checkout.url(path)).count { $0 == UInt8(ascii: "\n") }
    }
}
