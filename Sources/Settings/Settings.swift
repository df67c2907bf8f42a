/// Every setting of the server with its default. Made by `load`, which refuses what is unknown or out of range;
/// `Setting.table` gives each one its name, unit, range and line of help.
public struct Settings: Sendable, Hashable {
    // Where it listens and what it keeps
    public var host = "127.0.0.1"
    public var port = 8080
    public var database = "classpulse.sqlite"
    /// Empty: none.
    public var adminToken = ""
    public var logLevel = "info"

    // What it may do
    public var mode = "expression"
    public var visibility = "individual"
    public var minimumGroupSize = 5
    public var region = "undeclared"
    public var noticeAcknowledged = false

    // Threads and queues
    /// 0: one per processor.
    public var inferenceThreads = 0
    public var quickThreads = 2
    public var precision = "float32"
    public var inferenceQueue = 64
    public var quickQueue = 512
    public var studentRequests = 2

    // Times
    public var clockSkew = 30.0
    public var oldestFrame = 24.0
    public var pollAfter = 2000

    // HTTP limits
    public var connections = 4096
    public var lineBytes = 8192
    public var headerBytes = 16_384
    public var headerCount = 100
    public var jsonBytes = 65_536
    public var multipartBytes = 41_943_040
    public var multipartParts = 32
    public var headTimeout = 10.0
    public var bodyTimeout = 30.0
    public var writeTimeout = 30.0
    public var idleTimeout = 60.0
    public var stopTimeout = 20.0

    // Pictures
    public var imageBytes = 5_242_880
    public var imagePixels = 25_000_000
    public var imageSide = 32
    public var severalFacesRatio = 0.5

    // Scoring
    /// Empty: the embedded rule.
    public var scoringFile = ""

    public init() {}
}
