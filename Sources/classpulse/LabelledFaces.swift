import Concentration
import FoundationEssentials
import Imaging

/// A data set of face crops: one folder per class, named by an expression or one of its aliases.
struct LabelledFaces: Sendable {
    struct Item: Sendable {
        /// `<class folder>/<file>`.
        let name: String
        let path: String
        let label: FacialExpression
    }

    private(set) var items: [Item] = []
    /// Pictures in folders of known classes outside the seven, by folder.
    private(set) var excluded: [String: Int] = [:]

    /// Lists the pictures; reads none.
    init(folder root: String) throws(EvaluationError) {
        for folder in try Self.contents(of: root) {
            let path = root + "/" + folder
            guard Self.isFolder(path) else { continue }
            guard let label = ExpressionLabel(folder) else { throw .unknownClass(folder: path) }
            let files = try Self.contents(of: path).filter(Self.isPicture)
            switch label {
            case .excluded: excluded[folder] = files.count
            case .expression(let expression):
                items += files.map { Item(name: folder + "/" + $0, path: path + "/" + $0, label: expression) }
            }
        }
        if items.isEmpty { throw .empty(folder: root) }
    }

    /// The grey picture of an item at the network's size.
    static func read(_ item: Item, width: Int, height: Int) throws(EvaluationError) -> GreyImage {
        guard let data = try? Data(contentsOf: URL(filePath: item.path)) else {
            throw .unreadable(file: item.path, reason: "cannot be opened")
        }
        do {
            let limits = ImageLimits(maxBytes: 256 << 20, maxPixels: 64_000_000, minSide: 1)
            let image = try ImageDecoder.decode([UInt8](data), limits: limits).image
            return image.width == width && image.height == height ? image : image.resized(width: width, height: height)
        } catch {
            throw .unreadable(file: item.path, reason: "\(error)")
        }
    }

    private static func contents(of folder: String) throws(EvaluationError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw .unreadable(file: folder, reason: "no such folder, or it cannot be listed")
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }

    private static func isPicture(_ name: String) -> Bool {
        let lower = name.lowercased()
        return [".jpg", ".jpeg", ".png"].contains { lower.hasSuffix($0) }
    }
}

enum EvaluationError: Error, CustomStringConvertible {
    case unknownClass(folder: String)
    case empty(folder: String)
    case unreadable(file: String, reason: String)
    case wrongModel(model: String, reason: String)

    var description: String {
        switch self {
        case .unknownClass(let folder):
            "\(folder): unknown class; known: \(FacialExpression.allCases.map(\.rawValue).joined(separator: ", ")), their aliases and contempt"
        case .empty(let folder): "\(folder): no pictures in class folders"
        case .unreadable(let file, let reason): "\(file): \(reason)"
        case .wrongModel(let model, let reason): "\(model): \(reason)"
        }
    }
}
