import Concentration
import Glibc
import Threads

@testable import Service

/// An analyzer that waits until it is let go.
final class Gate: PictureAnalyzer {
    private let isOpen = Monitor(false)

    func open() { isOpen.withLock { $0 = true } }

    func student(_ picture: [UInt8], cropped: Bool) throws -> Analysed<FrameReading> {
        while !isOpen.withLock({ $0 }) { usleep(10_000) }
        return try DecodingAnalyzer().student(picture, cropped: cropped)
    }

    func group(_ picture: [UInt8]) throws -> Analysed<[FrameReading]> { try DecodingAnalyzer().group(picture) }
}
