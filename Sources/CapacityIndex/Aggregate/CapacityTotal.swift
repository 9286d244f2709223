// CapacityTotal.swift: the exact sum over a set of nodes, which can be added to, taken from and merged.
// Without terms: whoever holds totals keeps precision, policy and perimeter once, and refuses what does not match.

/// The sum of the amounts of nodes, with U² = Σ u_random² + (Σ u_systematic)².
///
/// The same nodes give the same bits, in whatever order they were added, in whatever groups they were merged and
/// whatever was added and taken out in between: the sums are `ExactSum`s, and each node's part of them depends on that
/// node alone. 128 bytes.
public struct CapacityTotal: Sendable, Hashable {
    /// Σ K.
    public private(set) var valueSum = ExactSum()
    /// Σ u_random², each square rounded to a double once.
    public private(set) var randomSquaredSum = ExactSum()
    /// Σ u_systematic.
    public private(set) var systematicSum = ExactSum()
    /// Nodes in the sum.
    public private(set) var count = 0

    /// The sum over no nodes.
    public init() {}

    /// A sum that was made elsewhere, in parts.
    init(valueSum: ExactSum, randomSquaredSum: ExactSum, systematicSum: ExactSum, count: Int) {
        self.valueSum = valueSum
        self.randomSquaredSum = randomSquaredSum
        self.systematicSum = systematicSum
        self.count = count
    }

    /// Σ K, correctly rounded.
    public var value: Double { valueSum.value }
    /// √Σ u_random².
    public var randomUncertainty: Double { randomSquaredSum.value.squareRoot() }
    /// Σ u_systematic, correctly rounded.
    public var systematicUncertainty: Double { systematicSum.value }
    /// Combined standard uncertainty U.
    public var uncertainty: Double {
        let systematic = systematicUncertainty
        return (randomSquaredSum.value + systematic * systematic).squareRoot()
    }

    /// Adds a node with one line.
    ///
    /// - Throws: `.sumOutOfRange`; the total is as it was.
    public mutating func add(_ amount: CapacityAmount) throws(AggregationError) {
        try change(by: CollectionOfOne(amount), count: 1)
    }

    /// Adds one node that is split over several lines. They share its measurement, so their random uncertainties add
    /// linearly before they are squared; their order does not matter.
    ///
    /// - Throws: `.noLines`; `.sumOutOfRange`. The total is as it was.
    public mutating func add(linesOfOneNode lines: some Collection<CapacityAmount>) throws(AggregationError) {
        try change(by: lines, count: 1)
    }

    /// Takes out a node with one line that was added before.
    ///
    /// - Throws: `.notInTotal` when there is no node left to take out.
    public mutating func subtract(_ amount: CapacityAmount) throws(AggregationError) {
        try change(by: CollectionOfOne(amount), count: -1)
    }

    /// Takes out a node that was added with these lines.
    ///
    /// - Throws: `.noLines`; `.notInTotal` when there is no node left to take out.
    public mutating func subtract(linesOfOneNode lines: some Collection<CapacityAmount>) throws(AggregationError) {
        try change(by: lines, count: -1)
    }

    /// Adds the total over other nodes.
    ///
    /// - Throws: `.sumOutOfRange`; the total is as it was.
    public mutating func merge(_ other: CapacityTotal) throws(AggregationError) {
        var result = self
        try result.valueSum.add(other.valueSum)
        try result.randomSquaredSum.add(other.randomSquaredSum)
        try result.systematicSum.add(other.systematicSum)
        result.count += other.count
        self = result
    }

    /// Takes out a total that was merged, or whose nodes were added one by one.
    ///
    /// - Throws: `.notInTotal` when the other has more nodes.
    public mutating func subtract(_ other: CapacityTotal) throws(AggregationError) {
        guard other.count <= count else { throw .notInTotal(nodes: count, asked: other.count) }
        var result = self
        try result.valueSum.subtract(other.valueSum)
        try result.randomSquaredSum.subtract(other.randomSquaredSum)
        try result.systematicSum.subtract(other.systematicSum)
        result.count -= other.count
        self = result
    }

    /// The total as an amount under the terms of its holder.
    ///
    /// - Throws: `CapacityError.notACapacity` after more was taken out than had been added.
    public func capacity(
        under terms: CapacityTerms, basis: Basis, asOf: Timestamp
    ) throws(CapacityError) -> Capacity {
        // The square root of a negative sum is NaN, which Capacity refuses by name.
        try Capacity(
            value: value, randomUncertainty: randomUncertainty, systematicUncertainty: systematicUncertainty,
            precision: terms.precision, policy: terms.policy, basis: basis, perimeter: terms.perimeter, asOf: asOf)
    }

    /// u_random of a node: that of its only line, or the linear sum over its lines, correctly rounded.
    static func randomUncertainty(
        ofNode lines: some Collection<CapacityAmount>
    ) throws(AggregationError) -> Double {
        guard lines.count > 1 else { return lines.first?.randomUncertainty ?? 0 }
        var sum = ExactSum()
        for line in lines { try sum.add(line.randomUncertainty) }
        return sum.value
    }

    private mutating func change(
        by lines: some Collection<CapacityAmount>, count change: Int
    ) throws(AggregationError) {
        guard !lines.isEmpty else { throw .noLines }
        guard count + change >= 0 else { throw .notInTotal(nodes: count, asked: -change) }
        let random = try Self.randomUncertainty(ofNode: lines)
        var result = self
        let sign = Double(change)
        for line in lines {
            try result.valueSum.add(sign * line.value)
            try result.systematicSum.add(sign * line.systematicUncertainty)
        }
        try result.randomSquaredSum.add(sign * random * random)
        result.count += change
        self = result
    }
}
