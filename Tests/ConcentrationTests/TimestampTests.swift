import Concentration
import Foundation
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-21T10:00:00.000Z", 1_795_255_200_000),
        ("2026-11-21t10:00:00.5z", 1_795_255_200_500),
        ("2026-11-21T12:30:00+02:30", 1_795_255_200_000),
        ("2026-11-21T00:00:00-10:00", 1_795_255_200_000),
        ("2026-11-21T10:00:00-00:00", 1_795_255_200_000),
        ("2026-11-21T10:00:00.123999999999999999Z", 1_795_255_200_123),
        ("2000-02-29T23:59:59.999Z", 951_868_799_999),
        ("1969-12-31T23:59:59.999Z", -1),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func readsDatesAndTimes(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds, "\(text)")
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T10:00Z", "2026-11-21 10:00:00Z", "2026-11-21T10:00:00", "2026-11-21T10:00:00.Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-01-01T23:59:60Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60", "2026-01-01T00:00:00+0000",
        "2026-1-01T00:00:00Z", "02026-01-01T00:00:00Z", "+2026-01-01T00:00:00Z", "-026-01-01T00:00:00Z",
        " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z ", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00,5Z",
        "2026-01-01T00:00:00.1234567890123456789Z", "２０２６-01-01T00:00:00Z", "2026-01-01T00:00:00\u{0}Z",
        "1795255200", "9223372036854775807",
    ])
    func refusesAnythingElse(text: String) {
        #expect(Timestamp(text) == nil, "\(text.debugDescription)")
    }

    @Test func printsWhatItReads() {
        for text in ["1970-01-01T00:00:00.000Z", "2026-11-21T09:08:07.006Z", "0000-01-01T00:00:00.000Z"] {
            #expect(Timestamp(text)?.text == text)
        }
        #expect(Timestamp(milliseconds: .min).text == "0000-01-01T00:00:00.000Z")
        #expect(Timestamp(milliseconds: .max).text == "9999-12-31T23:59:59.999Z")
    }

    /// Against Foundation's calendar, from the year 1583 on, where both are Gregorian.
    @Test func agreesWithFoundation() throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        var seconds: Int64 = -12_212_553_600
        while seconds < 253_402_300_800 {
            let date = Date(timeIntervalSince1970: Double(seconds))
            let moment = Timestamp(milliseconds: seconds * 1000)
            #expect(moment.text == date.formatted(style), "\(seconds)")
            #expect(Timestamp(moment.text) == moment, "\(seconds)")
            seconds += 86_400 * 97 + 12_345
        }
    }

    @Test func floorsTowardsThePast() {
        for (milliseconds, floor) in [(0, 0), (9_999, 0), (10_000, 10_000), (-1, -10_000), (-10_000, -10_000)] {
            #expect(
                Timestamp(milliseconds: Int64(milliseconds)).floored(to: 10_000).milliseconds == Int64(floor),
                "\(milliseconds)")
        }
    }
}
