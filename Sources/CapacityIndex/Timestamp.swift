// Timestamp.swift: instants in UTC, read and written as RFC 3339 text.
// Written without Foundation, so that the index library can be embedded alone; leap seconds do not count.

/// An instant: POSIX seconds, in the years 0001 to 9999.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
    public let secondsSince1970: Double

    /// 86 400 s.
    public static let secondsPerDay = 86_400.0
    /// Years of fixed length, as ageing counts them.
    public static let daysPerYear = 365.0
    /// What RFC 3339 can write: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
    public static let range = -62_135_596_800.0...253_402_300_799.0

    /// Returns the instant, or nil outside `range` and for NaN.
    public init?(secondsSince1970: Double) {
        guard Self.range.contains(secondsSince1970) else { return nil }
        self.secondsSince1970 = secondsSince1970
    }

    private init(clamping seconds: Double) {
        secondsSince1970 = min(max(seconds, Self.range.lowerBound), Self.range.upperBound)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.secondsSince1970 < right.secondsSince1970 }

    /// The instant `days` later (earlier when negative), held inside `range`. A NaN leaves it where it is.
    public func advanced(byDays days: Double) -> Timestamp {
        days.isNaN ? self : Timestamp(clamping: secondsSince1970 + days * Self.secondsPerDay)
    }

    /// Days from `earlier` to this instant; negative when `earlier` is later.
    public func days(since earlier: Timestamp) -> Double {
        (secondsSince1970 - earlier.secondsSince1970) / Self.secondsPerDay
    }

    /// The same date and time one calendar year earlier; 29 February becomes 28 February.
    public var oneYearEarlier: Timestamp {
        let days = (secondsSince1970 / Self.secondsPerDay).rounded(.down)
        var date = CivilDate(daysSince1970: Int(days))
        date.year -= 1
        if date.month == 2, date.day == 29 { date.day = 28 }
        let timeOfDay = secondsSince1970 - days * Self.secondsPerDay
        return Timestamp(clamping: Double(date.daysSince1970) * Self.secondsPerDay + timeOfDay)
    }

    /// `2026-11-23T10:00:00Z`; a fraction of a second is printed to the microsecond, without trailing zeros.
    public var description: String {
        let microseconds = (secondsSince1970 * 1e6).rounded()
        let seconds = (microseconds / 1e6).rounded(.down)
        let fraction = Int(microseconds - seconds * 1e6)
        let days = (seconds / Self.secondsPerDay).rounded(.down)
        let second = Int(seconds - days * Self.secondsPerDay)
        let time = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, to: 2) }.joined(separator: ":")
        var decimals = fraction == 0 ? "" : "." + Self.padded(fraction, to: 6)
        while decimals.last == "0" { decimals.removeLast() }
        return CivilDate(daysSince1970: Int(days)).description + "T" + time + decimals + "Z"
    }

    /// `2026-11-23`, in UTC.
    public var date: String { String(description.prefix(10)) }

    static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let timestamp = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "“\(text)” is not an RFC 3339 date or date and time")
        }
        self = timestamp
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A day of the proleptic Gregorian calendar.
struct CivilDate: CustomStringConvertible {
    var year: Int
    /// 1 … 12.
    var month: Int
    /// 1 … 31.
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Counts in years that begin in March, so that the leap day is a year's last and months have a regular pattern
    /// of 153 days in five.
    init(daysSince1970 days: Int) {
        // 719 468 days lie between 0000-03-01 and 1970-01-01; 400 years have 146 097 days.
        let shifted = days + 719_468
        let era = Self.floorDivide(shifted, by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = Self.floorDivide(marchYear, by: 400)
        let yearOfEra = marchYear - era * 400
        let marchMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    var description: String {
        Timestamp.padded(year, to: 4) + "-" + Timestamp.padded(month, to: 2) + "-" + Timestamp.padded(day, to: 2)
    }

    private static func floorDivide(_ value: Int, by divisor: Int) -> Int {
        (value >= 0 ? value : value - divisor + 1) / divisor
    }
}
