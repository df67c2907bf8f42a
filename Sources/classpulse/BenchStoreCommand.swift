import ArgumentParser
import Concentration
import StrictJSON

/// Measures the store on a database of its own: frames committed per second, and reads on a full lesson.
struct BenchStoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Measures the store: commits per second, and reads of a full lesson.")

    @Option(help: "Students of the lesson.") var students = 200
    @Option(help: "Minutes of the lesson, one frame a second for each student.") var minutes = 120
    @Option(help: "Seconds to measure each number of frames in flight.") var seconds = 3.0
    @Option(help: "Folder for the database; removed afterwards.") var folder = "."
    @Flag(help: "Print one JSON object a line.") var json = false

    func validate() throws {
        guard (1...1000).contains(students), (1...1440).contains(minutes), seconds > 0, seconds <= 600 else {
            throw ValidationError("1…1000 students, 1…1440 minutes, up to 600 seconds")
        }
    }

    func run() throws {
        let lesson = try BenchLesson(folder: folder, students: students)
        defer { lesson.remove() }
        for inFlight in [1, 8, 64] {
            let rate = try lesson.commitRate(inFlight: inFlight, seconds: seconds)
            report("commit", ["in_flight": .number(Double(inFlight)), "frames_per_s": .rounded(rate, places: 0)])
        }
        let fill = try lesson.fill(minutes: minutes)
        report("fill", ["frames": .number(Double(fill.frames)), "frames_per_s": .rounded(fill.rate, places: 0)])
        for (name, times) in try lesson.readTimes(minutes: minutes) { report(name, .object(Self.quantiles(of: times))) }
        let (times, bytes) = try lesson.pollTimes(minutes: minutes)
        report("poll", .object(Self.quantiles(of: times) + [JSON.Member("bytes", .number(Double(bytes)))]))
    }

    private static func quantiles(of times: [Double]) -> [JSON.Member] {
        let sorted = times.sorted()
        return [
            JSON.Member("first_ms", .rounded(times[0], places: 2)),
            JSON.Member("p50_ms", .rounded(Statistics.quantile(0.5, of: sorted), places: 2)),
            JSON.Member("p99_ms", .rounded(Statistics.quantile(0.99, of: sorted), places: 2)),
        ]
    }

    private func report(_ name: String, _ figures: JSON) {
        guard case .object(let members) = figures else { return }
        if json {
            print(JSON.object([JSON.Member("bench", .string(name))] + members).text)
        } else {
            print(name, members.map { "\($0.name) \($0.value.text)" }.joined(separator: "  "))
        }
    }
}
