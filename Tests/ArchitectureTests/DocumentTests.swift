import Foundation
import TestSupport
import Testing

/// What the documents point at is there.
@Suite(.enabled(if: !Checkout.trackedFiles.isEmpty, "needs a git checkout"))
struct DocumentTests {
    static let documents = Checkout.trackedFiles.filter { $0.hasSuffix(".md") }

    @Test(arguments: documents)
    func everyRelativeLinkResolves(document: String) throws {
        let text = try Checkout.text(document)
        for match in text.matches(of: /\]\(([^)\s]+)\)/) where !match.1.contains("://") && !match.1.hasPrefix("mailto:")
        {
            let parts = match.1.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let folder = (document as NSString).deletingLastPathComponent
            let path =
                parts[0].isEmpty
                ? document : ((folder as NSString).appendingPathComponent(parts[0]) as NSString).standardizingPath
            #expect(FileManager.default.fileExists(atPath: Checkout.url(path).path), "\(document) links to \(match.1)")
            if parts.count == 2, path.hasSuffix(".md") {
                #expect(try anchors(of: path).contains(parts[1]), "\(document) links to \(match.1)")
            }
        }
    }

    /// By itself, or by the folder it is in.
    @Test func theIndexListsEveryDocument() throws {
        let index = try Checkout.text("Docs/README.md")
        for document in Self.documents where document.hasPrefix("Docs/") && document != "Docs/README.md" {
            let path = String(document.dropFirst("Docs/".count))
            let folder = (path as NSString).deletingLastPathComponent
            let listed = index.contains("(\(path))") || (!folder.isEmpty && index.contains("(\(folder)/)"))
            #expect(listed, "Docs/README.md does not list \(document)")
        }
    }

    @Test func everyMakeTargetThatIsNamedExists() throws {
        let makefile = try Checkout.text("Makefile")
        for document in Self.documents {
            for match in try Checkout.text(document).matches(of: /(?:`|^|\n)make ([a-z]+)/) {
                #expect(makefile.contains("\n\(match.1):"), "\(document) names `make \(match.1)`")
            }
        }
    }

    /// The anchors GitHub gives the headings of a document.
    private func anchors(of path: String) throws -> Set<String> {
        let headings = try Checkout.text(path).split(separator: "\n").filter { $0.hasPrefix("#") }
        return Set(
            headings.map { heading in
                let title = heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
                return title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
                    .replacingOccurrences(of: " ", with: "-")
            })
    }
}
