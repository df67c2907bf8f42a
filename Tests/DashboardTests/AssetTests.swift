import Foundation
import TestSupport
import Testing

@testable import Dashboard

@Suite struct AssetTests {
    static let folder = Fixtures.packageRoot.appendingPathComponent("Sources/Dashboard/Assets")

    /// Paths in the folder, relative to it.
    static let paths: [String] = {
        let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return all.filter { !$0.split(separator: "/").last!.hasPrefix(".") && $0.contains(".") }.sorted()
    }()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    }

    @Test func embeddedFilesAreTheFolder() throws {
        #expect(Dashboard.embedded.keys.sorted() == Self.paths, "Sources/CDashboard/CDashboard.c lists every file once")
        for path in Self.paths {
            let file = try Data(contentsOf: Self.folder.appendingPathComponent(path))
            #expect(Dashboard.embedded[path].map { Data($0) } == file, "\(path)")
        }
    }

    @Test func pagesAndFilesAreFound() throws {
        for (path, type) in [
            (["dashboard"], "text/html; charset=utf-8"), (["favicon.ico"], "image/svg+xml"),
            (["assets", "js", "dashboard.js"], "text/javascript; charset=utf-8"),
            (["assets", "style", "base.css"], "text/css; charset=utf-8"),
        ] {
            let asset = try #require(Dashboard.asset(path: path), "\(path)")
            #expect(asset.contentType == type)
            #expect(!asset.bytes.isEmpty)
        }
    }

    @Test(arguments: [
        [], ["assets"], ["js", "dashboard.js"], ["assets", "page.html"], ["page"], ["dashboard", "x"],
        ["assets", "..", "Asset.swift"],
    ])
    func othersAreNot(path: [String]) {
        #expect(Dashboard.asset(path: path) == nil, "\(path)")
    }

    @Test func headersForbidWhatThePagesDoNotNeed() throws {
        let asset = try #require(Dashboard.asset(path: ["dashboard"]))
        let headers = Dictionary(uniqueKeysWithValues: asset.headers.map { ($0.name, $0.value) })
        let policy = try #require(headers["Content-Security-Policy"])
        for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"] {
            #expect(policy.contains(part))
        }
        #expect(!policy.contains("unsafe"))
        #expect(headers["X-Content-Type-Options"] == "nosniff")
        #expect(headers["Referrer-Policy"] == "no-referrer")
        #expect(headers["Permissions-Policy"]?.contains("camera=()") == true)
        #expect(headers["ETag"] == asset.etag)
    }

    @Test func validatorsTellFilesApart() {
        let tags = Self.paths.compactMap {
            Dashboard.asset(path: ["assets"] + $0.split(separator: "/").map(String.init))?.etag
        }
        #expect(Set(tags).count == tags.count)
        #expect(tags.allSatisfy { $0.hasPrefix("\"") && $0.hasSuffix("\"") && $0.count > 6 })
    }
}
