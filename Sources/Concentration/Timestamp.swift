/// A moment in milliseconds since 1970-01-01T00:00:00Z, in the proleptic Gregorian calendar without leap seconds.
public struct Timestamp: Sendable, Hashable, Comparable, Codable {
    public var milliseconds: Int64
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
    public static func + (a: Timestamp, milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: a.milliseconds + milliseconds)
    }
    public static func - (a: Timestamp, milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: a.milliseconds - milliseconds)
    }
}

/// RFC 3339 §5.6 `date-time`: years 0000…9999, `T` and `Z` in either case, 1…18 digits of fraction (cut to
/// milliseconds), offsets up to ±23:59. A leap second (`:60`) is refused, as is anything around the text.
extension Timestamp {
    /// Nil where the text is no RFC 3339 date and time, or names a day or an hour that does not exist.
    public init?(_ text: String) {
        var reader = DigitReader(text.utf8)
        guard let year = reader.number(digits: 4), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2), reader.skip("T", or: "t"),
            let hour = reader.number(digits: 2), reader.skip(":"),
            let minute = reader.number(digits: 2), reader.skip(":"),
            let second = reader.number(digits: 2),
            let fraction = reader.fraction(),
            let offset = reader.offset(), reader.isAtEnd,
            (1...12).contains(month), (1...Timestamp.days(in: month, of: year)).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Timestamp.daysSinceEpoch(year: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
        milliseconds = Int64(seconds) * 1000 + Int64(fraction)
    }

    /// UTC with milliseconds, such as `2026-11-21T10:00:00.000Z`; a moment outside the years 0000…9999 is printed as
    /// the first or the last one inside them.
    public var text: String {
        let inside = min(max(milliseconds, Timestamp.earliest), Timestamp.latest)
        let day = (inside >= 0 ? inside : inside - 86_399_999) / 86_400_000
        let (year, month, dayOfMonth) = Timestamp.date(daysSinceEpoch: Int(day))
        let rest = Int(inside - day * 86_400_000)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        func put(_ number: Int, _ digits: Int, then separator: Unicode.Scalar) {
            var divisor = 1
            for _ in 1..<digits { divisor *= 10 }
            while divisor > 0 {
                bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
                divisor /= 10
            }
            bytes.append(UInt8(ascii: separator))
        }
        put(year, 4, then: "-")
        put(month, 2, then: "-")
        put(dayOfMonth, 2, then: "T")
        put(rest / 3_600_000, 2, then: ":")
        put(rest / 60_000 % 60, 2, then: ":")
        put(rest / 1000 % 60, 2, then: ".")
        put(rest % 1000, 3, then: "Z")
        return String(decoding: bytes, as: UTF8.self)
    }

    /// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
    private static let earliest: Int64 = -62_167_219_200_000
    private static let latest: Int64 = 253_402_300_799_999

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Howard Hinnant's `days_from_civil`: years begin in March, so that the leap day is the last one.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Howard Hinnant's `civil_from_days`, the inverse.
    private static func date(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth + (marchMonth < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

/// Reads fixed runs of ASCII digits.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String.UTF8View) { rest = text[...] }

    var isAtEnd: Bool { rest.isEmpty }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        rest.removeFirst()
        return Int(byte) - 48
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let next = digit() else { return nil }
            value = value * 10 + next
        }
        return value
    }

    mutating func skip(_ wanted: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard let byte = rest.first else { return false }
        guard byte == UInt8(ascii: wanted) || other.map({ byte == UInt8(ascii: $0) }) == true else { return false }
        rest.removeFirst()
        return true
    }

    /// Milliseconds; 0 where there is no fraction.
    mutating func fraction() -> Int? {
        guard skip(".") else { return 0 }
        var (value, digits) = (0, 0)
        while let next = digit() {
            if digits < 3 { value = value * 10 + next }
            digits += 1
        }
        guard (1...18).contains(digits) else { return nil }
        while digits < 3 {
            value *= 10
            digits += 1
        }
        return value
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int? {
        if skip("Z", or: "z") { return 0 }
        let sign: Int
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2), skip(":"), let minutes = number(digits: 2), hours < 24, minutes < 60 else {
            return nil
        }
        return sign * (hours * 60 + minutes)
    }
}
