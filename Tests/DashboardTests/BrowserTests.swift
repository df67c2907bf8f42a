import Foundation
import TestSupport
import Testing

/// The pages in Chromium against the built `classpulse`: the scenarios of Tests/Browser, one file after the other.
/// What failed is in the log, as Python's unittest writes it.
@Suite(.serialized, .enabled(if: missing.isEmpty, "needs \(missing.joined(separator: ", ")): `make setup`"))
struct BrowserTests {
    static let folder = Fixtures.packageRoot.appendingPathComponent("Tests/Browser")

    static let scenarios: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasPrefix("test_") && $0.hasSuffix(".py") }.sorted()
    }()

    @Test(arguments: scenarios)
    func scenario(file: String) throws {
        let binary = try Fixtures.product("classpulse").path
        let script = Self.folder.appendingPathComponent(file).path
        _ = try Fixtures.run(
            URL(fileURLWithPath: "/usr/bin/env"), ["CLASSPULSE_BINARY=\(binary)", Fixtures.python.path, script])
    }

    @Test func scenariosAreFound() {
        #expect(Self.scenarios.count >= 7, "\(Self.scenarios)")
    }
}

/// What the browser tests need and this machine does not have.
private let missing: [String] = {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let programs = ["chromium", "chromedriver"].filter { program in
        !path.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }
    return programs + (FileManager.default.isExecutableFile(atPath: Fixtures.python.path) ? [] : [".venv"])
}()
