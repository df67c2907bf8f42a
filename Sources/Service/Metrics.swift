import Concentration
import Threads

/// Counters and histograms of the service since its start.
final class Metrics: Sendable {
    private struct RouteStatus: Hashable {
        var method: String
        var route: String
        var status: Int
    }

    private struct State {
        var requests: [RouteStatus: Int] = [:]
        var latency: [String: Histogram] = [:]
        var frames: [FrameStatus: Int] = [:]
        var groupFaces: [FrameStatus: Int] = [:]
        var refusedPictures: [APIError.Code: Int] = [:]
        var stages: [String: Histogram] = [:]
        var appends: [String: Int] = [:]
        var commits = Histogram()

        mutating func add(_ timing: Timing) {
            for (stage, milliseconds) in [
                ("decode", timing.decode), ("detect", timing.detect), ("classify", timing.classify),
                ("total", timing.total),
            ] {
                stages[stage, default: Histogram()].add(milliseconds / 1000)
            }
        }
    }

    private let state = Monitor(State())

    func answered(method: String, route: String, status: Int, seconds: Double) {
        state.withLock { state in
            state.requests[RouteStatus(method: method, route: route, status: status), default: 0] += 1
            state.latency[route, default: Histogram()].add(seconds)
        }
    }

    /// A picture of one student.
    func analysed(_ status: FrameStatus, _ timing: Timing) {
        state.withLock { state in
            state.frames[status, default: 0] += 1
            state.add(timing)
        }
    }

    /// A group picture, with what could be said of each of its faces.
    func analysedGroup(_ faces: [FrameStatus], _ timing: Timing) {
        state.withLock { state in
            for status in faces { state.groupFaces[status, default: 0] += 1 }
            state.add(timing)
        }
    }

    /// - Parameters:
    ///   - outcome: `stored`, `replayed` or `failed`.
    ///   - seconds: from the report to its commit.
    func appended(_ outcome: String, seconds: Double) {
        state.withLock { state in
            state.appends[outcome, default: 0] += 1
            state.commits.add(seconds)
        }
    }

    func refusedPicture(_ code: APIError.Code) {
        state.withLock { $0.refusedPictures[code, default: 0] += 1 }
    }

    /// Writes all series to a page.
    func write(to page: inout MetricsPage) {
        let state = state.withLock { $0 }
        page.family("classpulse_http_requests_total", .counter, "Answered requests.")
        for (key, count) in state.requests.sorted(by: { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) })
        {
            page.sample(
                "classpulse_http_requests_total",
                [("method", key.method), ("route", key.route), ("status", String(key.status))], Double(count))
        }
        page.family("classpulse_http_request_duration_seconds", .histogram, "From the complete request to its answer.")
        for (route, histogram) in state.latency.sorted(by: { $0.key < $1.key }) {
            page.histogram("classpulse_http_request_duration_seconds", [("route", route)], histogram)
        }
        page.family(
            "classpulse_frames_total", .counter, "Analysed pictures of one student by what could be said of them.")
        for status in [FrameStatus.scored, .noFace, .severalFaces, .lowQuality] {
            page.sample("classpulse_frames_total", [("status", status.rawValue)], Double(state.frames[status] ?? 0))
        }
        page.family("classpulse_group_faces_total", .counter, "Faces of group pictures by what could be said of them.")
        for status in [FrameStatus.scored, .lowQuality] {
            page.sample(
                "classpulse_group_faces_total", [("status", status.rawValue)], Double(state.groupFaces[status] ?? 0))
        }
        page.family("classpulse_refused_pictures_total", .counter, "Pictures that could not be decoded, by error code.")
        for (code, count) in state.refusedPictures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            page.sample("classpulse_refused_pictures_total", [("code", code.rawValue)], Double(count))
        }
        page.family("classpulse_store_appends_total", .counter, "Reports given to the store, by what became of them.")
        for (outcome, count) in state.appends.sorted(by: { $0.key < $1.key }) {
            page.sample("classpulse_store_appends_total", [("outcome", outcome)], Double(count))
        }
        page.family("classpulse_store_commit_seconds", .histogram, "From a report to the commit that holds it.")
        page.histogram("classpulse_store_commit_seconds", [], state.commits)
        page.family("classpulse_frame_stage_seconds", .histogram, "Time of one analysed picture by stage.")
        for (stage, histogram) in state.stages.sorted(by: { $0.key < $1.key }) {
            page.histogram("classpulse_frame_stage_seconds", [("stage", stage)], histogram)
        }
    }
}

/// Counts by upper bound, in seconds.
struct Histogram: Sendable {
    static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// Not cumulative; the last one counts what is beyond every bound.
    private(set) var counts = Array(repeating: 0, count: Histogram.bounds.count + 1)
    private(set) var sum = 0.0

    mutating func add(_ value: Double) {
        counts[Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count] += 1
        sum += value
    }
}
