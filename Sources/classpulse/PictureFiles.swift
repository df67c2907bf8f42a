import ArgumentParser
import FoundationEssentials
import Imaging
import StrictJSON

/// The files of `detect` and `analyze`: each gives a line of output or an error of its own; the others still run.
struct PictureFiles: ParsableArguments {
    @Argument(help: ArgumentHelp("JPEG or PNG pictures.", valueName: "file"))
    var files: [String]

    @Flag(help: "Print one JSON object a line.")
    var json = false

    /// Calls `body` with every file's bytes and prints what it returns, as JSON or as text.
    /// - Throws: `ExitCode(1)` at the end if any file failed.
    func forEach(
        print: (String) -> Void, _ body: ([UInt8]) throws -> (members: [JSON.Member], text: String)
    ) throws {
        var failed = false
        for file in files {
            let name = JSON.Member("file", .string(file))
            do {
                let (members, text) = try body(try read(file))
                print(json ? JSON.object([name] + members).text : "\(file): \(text)")
            } catch {
                failed = true
                let problem = FileProblem(error)
                if json {
                    let described: JSON = ["code": .string(problem.code), "message": .string(problem.message)]
                    print(JSON.object([name, .init("error", described)]).text)
                } else {
                    print("\(file): \(problem.message)")
                }
            }
        }
        if failed { throw ExitCode(1) }
    }

    /// A file beyond the limit is refused before it is read.
    private func read(_ file: String) throws -> [UInt8] {
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
        let limit = ImageLimits.localFile.maxBytes
        if let size, size > limit { throw ImageError.tooManyBytes(size, limit: limit) }
        return [UInt8](try Data(contentsOf: URL(filePath: file)))
    }
}

private struct FileProblem {
    let code, message: String

    init(_ error: any Error) {
        switch error {
        case let error as ImageError: (code, message) = (error.code, error.description)
        case let error as CocoaError: (code, message) = ("unreadable_file", error.reason)
        default: (code, message) = ("internal_error", "\(error)")
        }
    }
}
