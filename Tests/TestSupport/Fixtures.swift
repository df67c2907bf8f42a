import Foundation

/// Where the tests find what is not in the repository.
public enum Fixtures {
    /// The folder of Package.swift.
    public static let packageRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// `.fixtures/<name>`, filled by `make setup` from the scikit-image wheel: `astronaut.png` (one face),
    /// `coffee.png` and `chelsea.png` (no human face).
    public static func picture(_ name: String) throws -> URL {
        let url = packageRoot.appendingPathComponent(".fixtures/\(name)")
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw Missing(what: "\(url.path): run `make setup`")
        }
        return url
    }

    /// A file or folder of the unpacked data sets (`CLASSPULSE_DATA`, else `~/.cache/classpulse/data`), nil where absent.
    public static func data(_ path: String) -> URL? {
        let environment = ProcessInfo.processInfo.environment
        let root = environment["CLASSPULSE_DATA"] ?? NSHomeDirectory() + "/.cache/classpulse/data"
        let url = URL(fileURLWithPath: root).appendingPathComponent(path)
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }

    /// The Python of `make setup` (h11, numpy, onnx, onnxruntime).
    public static var python: URL { packageRoot.appendingPathComponent(".venv/bin/python") }

    public struct Missing: Error, CustomStringConvertible {
        public let what: String
        public var description: String { "missing fixture: \(what)" }
    }
}
