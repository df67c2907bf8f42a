import CDashboard

/// The web pages, served from the memory of the binary: no file is read at run time.
public enum Dashboard {
    /// Where `/` redirects to.
    public static let home = "/dashboard"

    /// The answer to `GET` of a path, nil where the pages have nothing there.
    ///
    /// `/dashboard`, `/report` and `/join` are pages, `/assets/…` their modules and styles, `/favicon.ico` the icon.
    /// - Parameter path: segments, percent-decoded once, without empty ones.
    public static func asset(path: [String]) -> Asset? {
        let name = path.joined(separator: "/")
        return pages[name] ?? (path.first == "assets" ? files[name] : nil)
    }

    /// All embedded files by their path in `Sources/Dashboard/Assets`.
    static let embedded: [String: [UInt8]] = {
        var files: [String: [UInt8]] = [:]
        var index = 0
        while let file = dashboard_asset_at(index)?.pointee {
            files[String(cString: file.path)] = Array(UnsafeBufferPointer(start: file.bytes, count: file.size))
            index += 1
        }
        return files
    }()

    private static let files = Dictionary(
        uniqueKeysWithValues: embedded.filter { !$0.key.hasSuffix(".html") }.map { path, bytes in
            ("assets/\(path)", Asset(path: path, bytes: bytes))
        })

    /// One page differs from another in its style and its module only: both have the page's name, which stands for `PAGE`.
    private static let pages: [String: Asset] = {
        let page = String(decoding: embedded["page.html"] ?? [], as: UTF8.self)
        var pages = ["favicon.ico": Asset(path: "favicon.svg", bytes: embedded["favicon.svg"] ?? [])]
        for name in ["dashboard", "report", "join"] {
            let bytes = Array(page.replacing("PAGE", with: name).utf8)
            pages[name] = Asset(path: "page.html", bytes: bytes, usesCamera: name == "join")
        }
        return pages
    }()
}
