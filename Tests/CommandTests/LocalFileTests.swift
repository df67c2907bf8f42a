import ArgumentParser
import Foundation
import Testing

@testable import classpulse

/// A file that cannot be used is named, with the reason in words.
struct LocalFileTests {
    private func problem(of command: some ParsableCommand) -> String? {
        var command = command
        let error = #expect(throws: FileError.self) { try command.run() }
        return error?.description
    }

    @Test func whatCannotBeReadIsNamed() throws {
        let scratch = try Scratch()
        let (folder, missing, model) = (scratch.url.path, scratch.path("missing"), ModelCommandTests.path)
        #expect(try problem(of: InspectCommand.parse([missing])) == "\(missing): no such file")
        #expect(try problem(of: InspectCommand.parse([folder])) == "\(folder): the file cannot be read")
        #expect(
            try problem(of: InspectCommand.parse([model, "--compare", "--golden", missing]))
                == "\(missing)/input.f32: no such file")
        #expect(try problem(of: BenchFrameCommand.parse([missing])) == "\(missing): no such file")
        for arguments in [["--model", missing], ["--model", model, "--input", missing]] {
            #expect(try problem(of: BenchModelCommand.parse(arguments)) == "\(missing): no such file")
        }
    }

    @Test func whatCannotBeWrittenIsNamed() throws {
        let scratch = try Scratch()
        let (file, missing) = (scratch.path("file"), scratch.path("missing/a.f32"))
        let error = #expect(throws: FileError.self) { try ModelFile.write([1], to: missing) }
        #expect(error?.description == "\(missing): no such folder")
        // It stands where a folder would have to be.
        try Data().write(to: URL(fileURLWithPath: file))
        let problem = try problem(of: BenchStoreCommand.parse(["--folder", file]))
        #expect(problem?.hasPrefix(file) == true && problem?.hasSuffix(": it cannot be written") == true)
    }
}
