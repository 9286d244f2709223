// SIFormat.swift: numbers with SI prefixes for people. Records and JSON carry plain SI units instead.
// Written without Foundation, so that the index library can be embedded alone.

/// Text for people: three to four significant digits and an SI prefix.
public enum SIFormat {
    private static let prefixes: [(factor: Double, symbol: String)] = [
        (1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""), (1e-3, "m"), (1e-6, "µ"),
        (1e-9, "n"),
    ]

    /// The prefix with which `value` reads as 1 … 999, clamped to nano … exa; none for 0.
    public static func prefix(for value: Double) -> (factor: Double, symbol: String) {
        let magnitude = abs(value)
        guard magnitude > 0, magnitude.isFinite else { return (1, "") }
        // 0.9995 rounds up to "1000" of the next smaller prefix, so it already belongs to this one.
        return prefixes.first { magnitude >= $0.factor * 0.9995 } ?? (1e-9, "n")
    }

    /// `value` with its unit, for example `49.93 GFLOPS`.
    ///
    /// - Parameter digits: Significant digits, 1 … 15.
    public static func text(_ value: Double, unit: String, digits: Int = 4) -> String {
        let (factor, symbol) = prefix(for: value)
        return significant(value / factor, digits: digits) + " " + symbol + unit
    }

    /// An interval in the prefix of `reference`, for example `49.1 to 50.2`.
    public static func interval(_ low: Double, _ high: Double, like reference: Double, digits: Int = 4) -> String {
        let (factor, _) = prefix(for: reference)
        return significant(low / factor, digits: digits) + " to " + significant(high / factor, digits: digits)
    }

    /// `value` in fixed notation with `digits` significant digits; digits before the point are never dropped.
    public static func significant(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return value.description }
        guard value != 0 else { return "0" }
        var exponent = 0
        var magnitude = abs(value)
        while magnitude >= 10 { magnitude /= 10; exponent += 1 }
        while magnitude < 1 { magnitude *= 10; exponent -= 1 }
        let decimals = max(0, digits - 1 - exponent)
        var scale = 1.0
        for _ in 0..<digits - 1 { scale *= 10 }
        // 9.9996 has one digit more before the point once it is rounded to four.
        let carries = (magnitude * scale).rounded(.toNearestOrAwayFromZero) >= 10 * scale
        return fixed(value, decimals: carries ? max(0, decimals - 1) : decimals)
    }

    /// `value` rounded half away from zero to `decimals` places, all of them printed.
    ///
    /// Values from 2^63 / 10^decimals on fall back to Swift's shortest description.
    public static func fixed(_ value: Double, decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(value) * scale).rounded(.toNearestOrAwayFromZero)
        guard scaled < 0x1p63 else { return value.description }
        let digits = String(Int64(scaled))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// A memory size in binary multiples, for example `384 MiB`.
    public static func binary(_ bytes: Int) -> String {
        var value = Double(bytes)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1024 { return significant(value, digits: value < 10 ? 2 : 3) + " " + unit }
            value /= 1024
        }
        return significant(value, digits: 3) + " TiB"
    }

    /// A fraction as a percentage, for example `98.7 %`.
    public static func percent(_ fraction: Double, decimals: Int = 1) -> String {
        fixed(fraction * 100, decimals: decimals) + " %"
    }
}
