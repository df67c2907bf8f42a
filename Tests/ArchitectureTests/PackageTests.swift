import Foundation
import TestSupport
import Testing

/// Package.swift gives each module exactly the dependencies that Docs/Architecture.md allows it, and its own tests.
struct PackageTests {
    @Test func targetsAgreeWithTheDocument() throws {
        let map = try ModuleMap.read()
        let package = try PackageDump.read()
        let targets = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
        for (module, allowed) in map.imports {
            let target = try #require(targets[module], "Package.swift has no target \(module)")
            #expect(Set(target.dependencyNames) == allowed, "dependencies of \(module)")
            if target.type != "executable" {
                #expect(targets["\(module)Tests"]?.type == "test", "\(module) has no test target")
            }
        }
        for name in map.cTargets { #expect(targets[name] != nil, "Package.swift has no target \(name)") }
        #expect(package.targets.allSatisfy { $0.settings.allSatisfy { !$0.kind.keys.contains("unsafeFlags") } })
    }
}

/// The part of `swift package dump-package` that is compared.
private struct PackageDump: Decodable {
    let targets: [Target]

    struct Target: Decodable {
        let name: String
        let type: String
        let dependencies: [[String: [Field]]]
        let settings: [Setting]

        /// Modules by name; a product stands for the module of the same name.
        var dependencyNames: [String] { dependencies.flatMap(\.values).compactMap { $0.first?.text } }
    }

    struct Setting: Decodable {
        let kind: [String: Ignored]
    }

    /// A dependency is a list of strings, nulls and objects; its name comes first.
    struct Field: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }

    struct Ignored: Decodable {
        init(from decoder: any Decoder) {}
    }

    /// A scratch folder of its own: the running `swift test` holds the lock on `.build`.
    static func read() throws -> PackageDump {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let arguments = ["package", "--package-path", Fixtures.packageRoot.path, "--scratch-path", scratch.path]
        let json = try Checkout.output(of: "swift", arguments + ["dump-package"])
        return try JSONDecoder().decode(PackageDump.self, from: Data(json.utf8))
    }
}
