import Concentration
import Glibc

/// What of the settings the service needs to know.
public struct ServiceOptions: Sendable {
    public enum Visibility: String, Sendable { case individual, aggregate }

    /// Shown in `/openapi.json` and the metrics.
    public var version = "0.1.0"
    /// What reports and dashboards take levels from.
    public var rule = ScoringRule.convention
    public var visibility = Visibility.individual
    /// Class figures in aggregate visibility need so many students present.
    public var minimumGroupSize = 5
    /// Milliseconds a dashboard is asked to wait between two polls.
    public var pollAfter = 2000
    /// Milliseconds a time may lie in the future.
    public var clockSkew: Int64 = 30_000
    /// Milliseconds a frame may have been captured before its session's start.
    public var oldestFrame: Int64 = 86_400_000
    /// Bytes of a JSON body, of one picture, of a whole multipart body.
    public var jsonLimit = 65_536
    public var pictureLimit = 5_242_880
    public var multipartLimit = 41_943_040
    public var multipartParts = 32
    /// Requests with pictures that one student may have under way.
    public var studentRequests = 2
    /// A token with the role admin beside the stored ones.
    public var adminToken: TokenSecret?
    public var now: @Sendable () -> Timestamp = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    public init() {}
}
