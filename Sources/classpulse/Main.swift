import ArgumentParser

@main
struct ClassPulse: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classpulse",
        abstract: "Tells a teacher of an online class how concentrated the students look.",
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, AnalyzeCommand.self, DetectCommand.self, EvaluateCommand.self, InspectCommand.self,
            BenchCommand.self, TokenCommand.self, DatabaseCommand.self, HealthCheckCommand.self,
        ])
}
