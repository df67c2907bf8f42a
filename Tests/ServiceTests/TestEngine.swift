import Concentration
import Imaging
import StrictJSON

@testable import Service

/// Decodes every picture as the product does and finds no face in it: these tests are about requests, not faces.
/// Tests/CommandTests posts to the whole server with its models.
struct DecodingAnalyzer: PictureAnalyzer {
    private func reading(_ picture: [UInt8]) throws -> FrameReading {
        do {
            _ = try ImageDecoder.decode(picture)
        } catch {
            throw APIError(APIError.Code(rawValue: error.code) ?? .corruptImage, error.description)
        }
        return FrameReading(
            status: .noFace, reasons: [.noFace], face: nil, expressions: nil,
            concentration: ScoringRule.convention.unknown())
    }

    func student(_ picture: [UInt8], cropped: Bool) throws -> Analysed<FrameReading> {
        Analysed(try reading(picture), Timing(decode: 1.25, detect: 0, classify: 0, total: 1.25))
    }

    func group(_ picture: [UInt8]) throws -> Analysed<[FrameReading]> {
        _ = try reading(picture)
        return Analysed([], Timing())
    }
}

enum TestEngine {
    static let count = 2
    static func make() throws -> Engine {
        Engine(
            model: "none@00000000", description: ["mode": "expression"],
            analyzers: (0..<count).map { _ in DecodingAnalyzer() })
    }
}
