// CapacityAmount.swift: the three numbers of a capacity that sums are made of, without what they may be added to.

/// A value and its uncertainties, in the unit of the terms that their holder keeps.
public struct CapacityAmount: Sendable, Hashable {
    /// ≥ 0 and below `ExactSum.limit`.
    public let value: Double
    /// Standard uncertainty that is independent between nodes; ≥ 0 and below `randomLimit`.
    public let randomUncertainty: Double
    /// Standard uncertainty that all nodes share; ≥ 0 and below `ExactSum.limit`.
    public let systematicUncertainty: Double

    /// 2^87, the square of which is in the range of an exact sum.
    public static let randomLimit = 0x1p87

    /// - Throws: `.amountOutOfRange` for a number that is not finite, negative or too large.
    public init(
        value: Double, randomUncertainty: Double = 0, systematicUncertainty: Double = 0
    ) throws(AggregationError) {
        self.value = try Self.checked(value, "value", ExactSum.limit)
        self.randomUncertainty = try Self.checked(randomUncertainty, "random uncertainty", Self.randomLimit)
        self.systematicUncertainty = try Self.checked(
            systematicUncertainty, "systematic uncertainty", ExactSum.limit)
    }

    /// - Throws: `.amountOutOfRange` for a number that is too large.
    public init(_ capacity: Capacity) throws(AggregationError) {
        try self.init(
            value: capacity.value, randomUncertainty: capacity.randomUncertainty,
            systematicUncertainty: capacity.systematicUncertainty)
    }

    /// Numbers that were taken from an amount before.
    init(unchecked value: Double, randomUncertainty: Double, systematicUncertainty: Double) {
        self.value = value
        self.randomUncertainty = randomUncertainty
        self.systematicUncertainty = systematicUncertainty
    }

    private static func checked(
        _ number: Double, _ field: String, _ limit: Double
    ) throws(AggregationError) -> Double {
        guard number >= 0, number < limit else {
            throw .amountOutOfRange(field: field, number: number, limit: limit)
        }
        // −0 becomes 0: sums read the bits of a number and take its sign bit as clear.
        return number + 0
    }
}
