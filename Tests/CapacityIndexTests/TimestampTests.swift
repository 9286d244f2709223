// TimestampTests.swift: dates as RFC 3339 writes them. Expected seconds are those of `date -u -d … +%s`.

import CapacityIndex
import Testing

@Suite struct TimestampTests {
    @Test(
        "text reads as POSIX seconds",
        arguments: [
            ("1970-01-01", 0.0), ("2026-11-23", 1_795_392_000), ("2026-11-23T10:00:00Z", 1_795_428_000),
            ("2026-11-23T18:00:00+08:00", 1_795_428_000), ("2026-11-22T22:30:00-11:30", 1_795_428_000),
            ("2024-02-29T23:59:59.25Z", 1_709_251_199.25), ("1969-12-31T23:59:59Z", -1),
            ("2016-12-31T23:59:60Z", 1_483_228_800), ("2000-03-01", 951_868_800), ("0001-01-01", -62_135_596_800),
        ])
    func reads(text: String, seconds: Double) {
        #expect(Timestamp(text)?.secondsSince1970 == seconds)
    }

    @Test(
        "what is not a date is refused",
        arguments: [
            "", "2026", "2026-13-01", "2026-02-29", "1900-02-29", "2026-11-31", "2026-11-23T", "2026-11-23T10:00:00",
            "2026-11-23T24:00:00Z", "2026-11-23 10:00:00Z", "2026-11-23T10:00:00.Z", "2026-11-23T10:00:00Zx",
            "+026-11-23", "2026-11-23T10:00:61Z", "0000-01-01",
        ])
    func refuses(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        "a date reads back as written",
        arguments: [
            "2026-11-23T10:00:00Z", "1969-07-20T20:17:40.5Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
        ])
    func roundTrips(text: String) {
        #expect(Timestamp(text)?.description == text)
    }

    // 400 Gregorian years have 146 097 days, and every day is one more than the one before.
    @Test("every day of 400 years follows the one before")
    func everyDay() {
        var expected = Timestamp("1873-01-01")!
        var days = 0
        for year in 1873..<2273 {
            for month in 1...12 {
                for day in 1...31 {
                    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
                    guard let date = Timestamp("\(year)-\(padded(month))-\(padded(day))") else { continue }
                    guard date == expected, date.date == "\(year)-\(padded(month))-\(padded(day))" else {
                        Issue.record("\(date) instead of \(expected)")
                        return
                    }
                    expected = expected.advanced(byDays: 1)
                    days += 1
                }
            }
        }
        #expect(days == 146_097)
    }

    @Test("a year earlier is the same date, and 29 February becomes the 28th")
    func yearEarlier() {
        #expect(Timestamp("2026-11-23T10:00:00Z")!.oneYearEarlier.description == "2025-11-23T10:00:00Z")
        #expect(Timestamp("2024-02-29T01:00:00Z")!.oneYearEarlier.description == "2023-02-28T01:00:00Z")
    }

    @Test("seconds outside the years 1 to 9999 are refused")
    func range() {
        #expect(Timestamp(secondsSince1970: .nan) == nil)
        #expect(Timestamp(secondsSince1970: 1e12) == nil)
        #expect(Timestamp("2026-11-23")!.advanced(byDays: 1e9).description == "9999-12-31T23:59:59Z")
    }
}
