import ArgumentParser

/// `classpulse bench`: timings that a script can race against another engine.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures speed.",
        subcommands: [BenchFrameCommand.self, BenchModelCommand.self, BenchStoreCommand.self])
}
