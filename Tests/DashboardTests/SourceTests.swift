import Foundation
import Testing

@testable import Dashboard

/// What can be said of the pages' sources without a browser.
@Suite struct SourceTests {
    static let sources = AssetTests.paths.filter { !$0.hasSuffix(".svg") }

    static let pages = ["dashboard", "report", "join"]

    @Test(arguments: pages)
    func nothingIsInline(page: String) throws {
        let html = try String(decoding: #require(Dashboard.asset(path: [page])).bytes, as: UTF8.self)
        #expect(html.contains("src=\"/assets/js/\(page).js\"") && !html.contains("PAGE"))
        #expect(!html.contains("style="))
        #expect(html.firstMatch(of: /\son[a-z]+=/) == nil)
        for script in html.matches(of: /<script[^>]*>([^<]*)/) {
            #expect(script.1.isEmpty && script.0.contains("src="))
        }
    }

    @Test(arguments: sources)
    func everyReferenceExists(path: String) throws {
        let text = try AssetTests.text(path)
        for match in text.matches(of: /(?:src|href)[=:] ?['"]\/assets\/([^'"]+)['"]/) {
            for page in Self.pages {
                let target = String(match.1).replacing("PAGE", with: page)
                #expect(AssetTests.paths.contains(target), "\(path) names \(target)")
            }
        }
        let folder = URL(fileURLWithPath: "/" + path).deletingLastPathComponent()
        for match in text.matches(of: /from '(\.[^']+)'/) {
            let target = folder.appendingPathComponent(String(match.1)).standardized.path.dropFirst()
            #expect(AssetTests.paths.contains(String(target)), "\(path) imports \(match.1)")
        }
    }

    @Test(arguments: sources)
    func textNeverBecomesMarkup(path: String) throws {
        let text = try AssetTests.text(path)
        for danger in [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser",
        ] {
            #expect(!text.contains(danger), "\(path) uses \(danger)")
        }
        for match in text.matches(of: /https?:\/\/[^'" ]+/) {
            #expect(match.0 == "http://www.w3.org/2000/svg", "\(path) names another origin: \(match.0)")
        }
    }

    @Test func localesHaveTheSameKeysAndPlaceholders() throws {
        let (english, chinese) = (try Self.locale("en"), try Self.locale("zh"))
        #expect(Set(english.keys) == Set(chinese.keys), "\(Set(english.keys).symmetricDifference(chinese.keys))")
        for (key, text) in english {
            let placeholders = { (text: String) in Set(text.matches(of: /\{\w+\}/).map { String($0.0) }) }
            #expect(placeholders(text) == placeholders(chinese[key] ?? ""), "\(key)")
        }
    }

    @Test func everyKeyIsUsedAndEveryUsedKeyExists() throws {
        let keys = Set(try Self.locale("en").keys)
        let code = try Self.sources.filter { !$0.contains("locales/") }.map(AssetTests.text).joined(separator: "\n")
        for match in code.matches(of: /(?:\bt\(|data-(?:text|label|placeholder)'?[:=] ?)['"]([\w.]+)['"]/) {
            #expect(keys.contains(String(match.1)), "\(match.1) is in no locale")
        }
        let prefixes = code.matches(of: /`([\w.]+\.)\$\{/).map { String($0.1) }
        for key in keys where !code.contains("'\(key)'") && !code.contains("\"\(key)\"") {
            #expect(prefixes.contains { key.hasPrefix($0) }, "\(key) is used nowhere")
        }
    }

    static func locale(_ name: String) throws -> [String: String] {
        let lines = try AssetTests.text("js/locales/\(name).js").matches(of: /(?m)^  '([\w.]+)': '(.*)',$/)
        return Dictionary(uniqueKeysWithValues: lines.map { (String($0.1), String($0.2)) })
    }
}
