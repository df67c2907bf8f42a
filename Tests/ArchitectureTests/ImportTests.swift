import Foundation
import TestSupport
import Testing

/// The module table in Docs/Architecture.md is the law: what it does not list, nobody imports.
@Suite(.enabled(if: !Checkout.trackedFiles.isEmpty, "needs a git checkout"))
struct ImportTests {
    let map: ModuleMap

    init() throws { map = try .read() }

    @Test func everyFolderOfSourcesIsInTheDocument() {
        let folders = Set(
            Checkout.trackedFiles.filter { $0.hasPrefix("Sources/") }.map { String($0.split(separator: "/")[1]) })
        #expect(folders == map.modules.union(map.cTargets))
        #expect(map.imports.count == map.modules.count, "a module is listed twice")
    }

    @Test func everyImportIsListed() throws {
        var seen = 0
        for path in Checkout.trackedFiles where path.hasPrefix("Sources/") && path.hasSuffix(".swift") {
            let module = String(path.split(separator: "/")[1])
            let allowed = map.imports.first { $0.module == module }?.allowed ?? []
            for entry in imports(inSource: try Checkout.text(path)) {
                seen += 1
                #expect(
                    allowed.union(map.anywhere).contains(entry.module),
                    "\(path):\(entry.line): \(module) may not import \(entry.module)")
            }
        }
        #expect(seen > 0)
    }

    /// Foundation itself brings ICU: 40 MB in a static binary.
    @Test func foundationIsEssentialsOnly() {
        #expect(!map.anywhere.contains("Foundation") && !map.imports.contains { $0.allowed.contains("Foundation") })
    }

    @Test func noModuleReachesItself() {
        let allowed = Dictionary(uniqueKeysWithValues: map.imports.map { ($0.module, $0.allowed) })
        for module in map.modules {
            var reached: Set<String> = []
            var open = allowed[module] ?? []
            while let next = open.popFirst() {
                guard reached.insert(next).inserted else { continue }
                open.formUnion(allowed[next] ?? [])
            }
            #expect(!reached.contains(module), "\(module) imports itself by way of others")
        }
    }

    @Test func theTableIsReadAsWritten() {
        let map = ModuleMap(
            document: """
                | module | in one sentence | may import |
                |---|---|---|
                | `A` | first | – |
                | `B` | second | A, CThing |
                | `tool` | wires | all, Logging |

                C targets: `CThing` (a shim) and `CLib1 CLib2` (with `#embed`).

                Anywhere: `Glibc`.
                """)
        #expect(map.imports.map(\.module) == ["A", "B", "tool"])
        #expect(map.imports.map(\.allowed) == [[], ["A", "CThing"], ["A", "B", "Logging"]])
        #expect(map.cTargets == ["CThing", "CLib1", "CLib2"])
        #expect(map.anywhere == ["Glibc"])
    }

    @Test func importsAreFoundInEveryForm() {
        let source = """
            import A
            @testable import B
              public import C
            @_spi(Internal) package import struct D.Thing
            // import E
            let text = "import F"
            important import G
            """
        #expect(imports(inSource: source).map(\.module) == ["A", "B", "C", "D"])
        #expect(imports(inSource: source).map(\.line) == [1, 2, 3, 4])
    }
}
