// CompensatedSum.swift: sums that keep what plain addition rounds away.

/// A running sum whose error does not grow with the number of terms, unless they cancel almost entirely.
///
/// - Source: A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, ZAMM 54 (1974).
public struct CompensatedSum: Sendable, Hashable {
    private var high = 0.0
    private var low = 0.0

    public init() {}

    public init(_ values: some Sequence<Double>) {
        for value in values { add(value) }
    }

    public mutating func add(_ value: Double) {
        let sum = high + value
        low += abs(high) >= abs(value) ? (high - sum) + value : (value - sum) + high
        high = sum
    }

    public var value: Double { high + low }
}
