import FoundationEssentials

/// Files and folders that the command line names.
enum LocalFile {
    static func read(_ path: String) throws(FileError) -> Data {
        do {
            return try Data(contentsOf: URL(filePath: path))
        } catch {
            throw FileError(path: path, reason: (error as? CocoaError)?.reason ?? "\(error)")
        }
    }

    /// - Parameter options: `.atomic` for all or nothing.
    static func write(_ data: Data, to path: String, options: Data.WritingOptions = []) throws(FileError) {
        do {
            try data.write(to: URL(filePath: path), options: options)
        } catch {
            throw FileError(path: path, reason: (error as? CocoaError)?.writingReason ?? "\(error)")
        }
    }

    /// Makes a folder and those it lies in.
    static func makeFolder(_ path: String) throws(FileError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError(path: path, reason: (error as? CocoaError)?.writingReason ?? "\(error)")
        }
    }
}

/// A file or folder that cannot be used, and why.
struct FileError: Error, CustomStringConvertible {
    let path, reason: String

    var description: String { "\(path): \(reason)" }
}

extension CocoaError {
    /// Why a file was not read.
    var reason: String {
        switch code {
        case .fileNoSuchFile, .fileReadNoSuchFile: "no such file"
        case .fileReadNoPermission: "no permission to read the file"
        default: "the file cannot be read"
        }
    }

    /// Why a file or folder was not made.
    fileprivate var writingReason: String {
        switch code {
        case .fileNoSuchFile: "no such folder"
        case .fileWriteNoPermission: "no permission to write there"
        case .fileWriteOutOfSpace: "the disk is full"
        default: "it cannot be written"
        }
    }
}
