extension Setting {
    /// Every setting, in the order of Docs/Configuration.md.
    public static let table: [Setting] = [
        Setting("host", .text(\.host), "Address to listen on; 0.0.0.0 opens the server to the network."),
        Setting("port", .whole(\.port, 0...65_535), "Port to listen on; 0 lets the system choose."),
        Setting("database", .text(\.database), "Path of the SQLite database; made where there is none."),
        Setting(
            "admin_token", .text(\.adminToken), secret: true,
            "A token with the role admin at every start: 16 printable characters or more; empty for none."),
        Setting(
            "log_level", .choice(\.logLevel, ["trace", "debug", "info", "notice", "warning", "error", "critical"]),
            "The least severe messages that are logged."),

        Setting(
            "mode", .choice(\.mode, ["expression", "presence"]),
            "expression reads seven expressions and scores them; presence only says whether a face is there."),
        Setting(
            "visibility", .choice(\.visibility, ["individual", "aggregate"]),
            "individual shows each student to the teacher; aggregate shows class figures only."),
        Setting(
            "minimum_group_size", .whole(\.minimumGroupSize, 1...1000), unit: "students",
            "With visibility aggregate, class figures of fewer scored students are withheld."),
        Setting(
            "region", .choice(\.region, ["undeclared", "eu", "other"]),
            "Where the students are. With eu and mode expression the server starts only with notice_acknowledged."),
        Setting(
            "notice_acknowledged", .flag(\.noticeAcknowledged),
            "The operator has read the notice (GET /v1/notice) and answers for a lawful use."),

        Setting(
            "threads.inference", .whole(\.inferenceThreads, 0...256),
            "Threads that analyse frames, each with its own models; 0 for one per processor."),
        Setting(
            "precision", .choice(\.precision, ["float32", "int8"]),
            "How the classifier multiplies; int8 is faster, less exact and only for processors with AVX512-VNNI."),
        Setting(
            "threads.quick", .whole(\.quickThreads, 1...64),
            "Threads that answer other requests that read, and as many for those that change something."),
        Setting(
            "queue.inference", .whole(\.inferenceQueue, 1...100_000), unit: "requests",
            "Frames that may wait for a thread; beyond it 503 overloaded."),
        Setting(
            "queue.quick", .whole(\.quickQueue, 1...100_000), unit: "requests",
            "Other requests of each of these two kinds that may wait for a thread; beyond it 503 overloaded."),
        Setting(
            "queue.student", .whole(\.studentRequests, 1...1000), unit: "requests",
            "Requests with pictures that one student may have under way; beyond it 429 too_many_requests."),

        Setting(
            "time.clock_skew_s", .number(\.clockSkew, 0...60), unit: "s",
            "How far captured_at may lie in the future of the server's clock."),
        Setting(
            "time.oldest_frame_h", .number(\.oldestFrame, 0...8760), unit: "h",
            "How long before its session's start a frame may have been captured."),
        Setting(
            "time.poll_after_ms", .whole(\.pollAfter, 250...60_000), unit: "ms",
            "How long a dashboard is asked to wait between two polls."),

        Setting(
            "http.connections", .whole(\.connections, 1...1_000_000),
            "Connections open at once, from any address: a school may sit behind one."),
        Setting("http.line_bytes", .whole(\.lineBytes, 256...1_048_576), unit: "bytes", "Length of the request line."),
        Setting(
            "http.header_bytes", .whole(\.headerBytes, 1024...1_048_576), unit: "bytes", "Size of all header fields."),
        Setting("http.header_count", .whole(\.headerCount, 8...10_000), "Number of header fields."),
        Setting("http.json_bytes", .whole(\.jsonBytes, 1024...16_777_216), unit: "bytes", "Size of a JSON body."),
        Setting(
            "http.multipart_bytes", .whole(\.multipartBytes, 1024...268_435_456), unit: "bytes",
            "Size of a whole multipart/form-data body."),
        Setting(
            "http.multipart_parts", .whole(\.multipartParts, 1...1000), "Pictures in one multipart/form-data body."),
        Setting(
            "http.head_timeout_s", .number(\.headTimeout, 0.1...3600), unit: "s",
            "From a request's first byte to the end of its header."),
        Setting(
            "http.body_timeout_s", .number(\.bodyTimeout, 0.1...3600), unit: "s",
            "From the end of a header to the end of the body."),
        Setting(
            "http.write_timeout_s", .number(\.writeTimeout, 0.1...3600), unit: "s", "To take a response off the server."
        ),
        Setting(
            "http.idle_timeout_s", .number(\.idleTimeout, 0.1...86_400), unit: "s",
            "How long a connection may stay open between two requests."),
        Setting(
            "http.stop_timeout_s", .number(\.stopTimeout, 0...3600), unit: "s",
            "How long a stopping server waits for requests in flight."),

        Setting(
            "image.max_bytes", .whole(\.imageBytes, 1024...104_857_600), unit: "bytes", "Size of one posted picture."),
        Setting(
            "image.max_pixels", .whole(\.imagePixels, 1024...1_000_000_000), unit: "pixels",
            "Width times height of one posted picture, checked in its header."),
        Setting(
            "image.min_side", .whole(\.imageSide, 1...4096), unit: "pixels",
            "Least width and height of a posted picture."),
        Setting(
            "faces.several_ratio", .number(\.severalFacesRatio, 0...1),
            "A frame counts as several_faces when a second face has at least this part of the student's area."),
        Setting(
            "scoring.file", .text(\.scoringFile),
            "Path of the scoring rule; empty for the embedded one (Config/scoring.json)."),
    ]

    static let byName = Dictionary(uniqueKeysWithValues: table.map { ($0.name, $0) })
}
