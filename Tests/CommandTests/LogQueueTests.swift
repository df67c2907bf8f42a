import Foundation
import Testing

@testable import classpulse

struct LogQueueTests {
    /// A pipe that nobody reads holds up nobody who logs; what it could not take is counted.
    @Test func aStalledReaderCostsLinesOnly() throws {
        let pipe = Pipe()
        let log = try LogQueue(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let line = String(repeating: "x", count: 999) + "\n"
        for _ in 0..<3000 { log.write(line) }
        #expect(!log.drain(atMost: .milliseconds(1)))
        var text = ""
        while !text.hasSuffix("nobody read it\n") {
            text += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        }
        let lines = text.split(separator: "\n")
        let dropped = try #require(lines.last?.split(separator: " ").first.flatMap { Int($0) })
        #expect(lines.dropLast().allSatisfy { $0.utf8.count == 999 } && lines.count - 1 + dropped == 3000)
        #expect(log.drain(atMost: .seconds(60)))
        log.write("again\n")
        #expect(String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self) == "again\n")
    }
}
