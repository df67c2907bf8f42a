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
        var (text, written, dropped) = (Data(), 0, 0)
        while written + dropped < 3000 {
            text += pipe.fileHandleForReading.availableData
            while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                let note = String(decoding: text[..<end], as: UTF8.self)
                text = text[(end + 1)...]
                if note.utf8.count == 999 {
                    written += 1
                } else {
                    #expect(note.hasSuffix(" lines of the log were dropped: nobody read it"))
                    dropped += try #require(note.split(separator: " ").first.flatMap { Int($0) })
                }
            }
        }
        #expect(text.isEmpty && dropped > 0 && written + dropped == 3000)
        #expect(log.drain(atMost: .seconds(60)))
        log.write("again\n")
        #expect(String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self) == "again\n")
    }
}
