// Capacity+Arithmetic.swift: sums and ratios of capacities, which refuse what must not be mixed.
// There is no `+`: an operator that throws would hide the one thing this type is for.

import SampleStatistics

extension Capacity {
    /// Throws unless both count the same precision, under the same policy, over the same perimeter.
    public func requireSameTerms(as other: Capacity) throws(CapacityError) {
        guard precision == other.precision else { throw .mixedPrecision(self, other) }
        guard policy == other.policy else { throw .mixedPolicy(self, other) }
        guard perimeter == other.perimeter else { throw .mixedPerimeter(self, other) }
    }

    /// The sum of two capacities of different nodes; see `sum(of:)`.
    public func adding(_ other: Capacity) throws(CapacityError) -> Capacity { try Self.sum(of: [self, other]) }

    /// The sum of capacities of different nodes.
    ///
    /// U² = Σ u_random² + (Σ u_systematic)²: what the nodes share is added before it is squared and is not divided by
    /// √n. The sum is as old as its oldest part and as direct as its least direct part.
    ///
    /// - Throws: `CapacityError` naming the first part that does not match, and the first part; `.nothingToAdd` for
    ///   no parts; `.notACapacity` when the sum overflows.
    /// - Complexity: O(*n*).
    public static func sum(of parts: some Collection<Capacity>) throws(CapacityError) -> Capacity {
        guard let first = parts.first else { throw .nothingToAdd }
        var value = CompensatedSum()
        var randomSquared = CompensatedSum()
        var systematic = CompensatedSum()
        var basis = first.basis
        var asOf = first.asOf
        for part in parts {
            try first.requireSameTerms(as: part)
            value.add(part.value)
            randomSquared.add(part.randomUncertainty * part.randomUncertainty)
            systematic.add(part.systematicUncertainty)
            basis = max(basis, part.basis)
            asOf = min(asOf, part.asOf)
        }
        return try Capacity(
            value: value.value, randomUncertainty: randomSquared.value.squareRoot(),
            systematicUncertainty: systematic.value, precision: first.precision, policy: first.policy, basis: basis,
            perimeter: first.perimeter, asOf: asOf)
    }

    /// This capacity relative to another, with the uncertainty of the ratio.
    ///
    /// u = ratio · √(r₁² + r₀² − 2 ρ r₁ r₀), taken apart: the random parts with ρ = 0, the systematic parts with ρ = 1,
    /// as both amounts come from the same clock and policy; equal systematic parts cancel. Where some of the same
    /// measurements stand behind both amounts, the random parts are correlated too and the result errs to the safe side.
    ///
    /// - Throws: `CapacityError` when the terms differ, or `.noRatioToZero`.
    public func compared(to other: Capacity) throws(CapacityError) -> CapacityRatio {
        try requireSameTerms(as: other)
        guard let random0 = other.relativeRandom, let systematic0 = other.relativeSystematic else {
            throw .noRatioToZero(other)
        }
        let ratio = value / other.value
        // Absolute uncertainties over the other's value, so that an amount of 0 needs no division by 0.
        let random1 = randomUncertainty / other.value
        let systematic1 = systematicUncertainty / other.value
        let random = random1 * random1 + ratio * random0 * ratio * random0
        let systematic = systematic1 - ratio * systematic0
        return CapacityRatio(value: ratio, uncertainty: (random + systematic * systematic).squareRoot())
    }
}

/// A ratio of two capacities; unitless.
public struct CapacityRatio: Sendable, Hashable {
    /// ≥ 0.
    public let value: Double
    /// Standard uncertainty, absolute.
    public let uncertainty: Double

    /// The 95 % interval, value ± 1.96 u; the lower end is held at 0.
    public var interval95: ClosedRange<Double> {
        let half = Capacity.coverageFactor95 * uncertainty
        return max(0, value - half)...(value + half)
    }
}
