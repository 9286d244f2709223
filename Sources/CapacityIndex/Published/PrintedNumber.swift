// PrintedNumber.swift: a number as a report prints it, and what it may have been before it was rounded.

/// A closed interval that a rounded number may have come from.
public struct RoundingInterval: Sendable, Hashable {
    public let lower: Double
    public let upper: Double

    public init(_ lower: Double, _ upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    public func overlaps(_ other: RoundingInterval) -> Bool { lower <= other.upper && other.lower <= upper }
    public func contains(_ number: Double) -> Bool { lower <= number && number <= upper }

    public static func + (left: Self, right: Self) -> Self { Self(left.lower + right.lower, left.upper + right.upper) }

    /// Quotient of two intervals above 0; nil when one is not.
    public func divided(by other: RoundingInterval) -> RoundingInterval? {
        guard lower >= 0, other.lower > 0 else { return nil }
        return RoundingInterval(lower / other.upper, upper / other.lower)
    }

    public func scaled(by factor: Double) -> Self { Self(lower * factor, upper * factor) }
}

/// A number of a published table, for example `21.9`.
public struct PrintedNumber: Sendable, Hashable, CustomStringConvertible {
    public let text: String
    public let value: Double
    /// What it was rounded to: the last printed digit unless stated, since `910` may be a multiple of 1 or of 10.
    public let step: Double

    /// - Parameters:
    ///   - text: Digits with at most one decimal point, a minus sign at most; no exponent, no separators.
    ///   - step: Finite and > 0; nil for one unit of the last printed digit.
    /// - Throws: `PublishedError.notANumber`, `.notAStep`.
    public init(_ text: String, step: Double? = nil) throws(PublishedError) {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let value = Double(text)
        else { throw .notANumber(text) }
        let decimals = parts.count == 2 ? parts[1].utf8.count : 0
        // Parsed rather than computed: 10⁻ⁿ by division would not be the nearest double.
        let step = step ?? Double("1e-\(decimals)")!
        guard step.isFinite, step > 0 else { throw .notAStep(text: text, step: step) }
        self.text = text
        self.value = value
        self.step = step
    }

    /// value ± step / 2, ends included, as rounding conventions differ at them.
    public var interval: RoundingInterval { RoundingInterval(value - step / 2, value + step / 2) }
    public var description: String { text }
}
