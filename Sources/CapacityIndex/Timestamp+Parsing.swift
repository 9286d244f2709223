// Timestamp+Parsing.swift: RFC 3339 text to an instant.
// Strict, since a date read wrongly moves a measurement between years without anybody noticing.

extension Timestamp {
    /// Reads `2026-11-23` (midnight UTC), `2026-11-23T10:00:00Z`, a fraction of a second, or an offset (`+08:00`).
    ///
    /// Nil for anything else, days that do not exist included. A leap second, 23:59:60, reads as the second after it.
    ///
    /// - Source: RFC 3339, section 5.6.
    public init?(_ text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2),
            reader.take("-"), let day = reader.number(digits: 2), year >= 1, (1...12).contains(month)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        let back = CivilDate(daysSince1970: date.daysSince1970)
        // A day that the month does not have comes back as a day of the next month.
        guard back.month == month, back.day == day else { return nil }
        var seconds = Double(date.daysSince1970) * Self.secondsPerDay
        if !reader.isAtEnd {
            guard let timeOfDay = Self.timeOfDay(&reader) else { return nil }
            seconds += timeOfDay
        }
        self.init(secondsSince1970: seconds)
    }

    /// Seconds since midnight UTC of the date before the `T`; negative or above a day with an offset.
    private static func timeOfDay(_ reader: inout DigitReader) -> Double? {
        guard reader.take("T") || reader.take("t"), let hour = reader.number(digits: 2), reader.take(":"),
            let minute = reader.number(digits: 2), reader.take(":"), let second = reader.number(digits: 2),
            hour < 24, minute < 60, second < 60 || (second == 60 && minute == 59)
        else { return nil }
        var fraction = 0.0
        if reader.take(".") {
            guard let value = reader.fraction() else { return nil }
            fraction = value
        }
        let local = Double(hour * 3600 + minute * 60 + second) + fraction
        if reader.take("Z") || reader.take("z") { return reader.isAtEnd ? local : nil }
        let sign: Double
        if reader.take("+") { sign = 1 } else if reader.take("-") { sign = -1 } else { return nil }
        guard let offsetHour = reader.number(digits: 2), reader.take(":"), let offsetMinute = reader.number(digits: 2),
            offsetHour < 24, offsetMinute < 60, reader.isAtEnd
        else { return nil }
        return local - sign * Double(offsetHour * 3600 + offsetMinute * 60)
    }
}

/// Takes fixed pieces off the front of ASCII text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func digit() -> Int? {
        guard let first = rest.first, (48...57).contains(first) else { return nil }
        rest.removeFirst()
        return Int(first) - 48
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// At least one digit after the point, any number of them.
    mutating func fraction() -> Double? {
        var value = 0.0
        var unit = 0.1
        var count = 0
        while let digit = digit() {
            value += Double(digit) * unit
            unit /= 10
            count += 1
        }
        return count == 0 ? nil : value
    }
}
