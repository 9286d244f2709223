// Capacity.swift: an amount of computing capacity that knows what it may be added to.
// Precision, policy and perimeter travel with the number: 788 EFLOPS of FP16 and 90 EFLOPS of FP32 have no sum.

import Quantities

/// Capacity in the unit of its policy (FLOPS of the reference precision), with uncertainty and origin.
///
/// The value is finite and ≥ 0, the uncertainties are finite and ≥ 0; all three in the same unit, at one standard
/// deviation.
public struct Capacity: Sendable, Hashable {
    /// FLOPS of `precision`; for a policy with another unit, that unit.
    public let value: Double
    /// Standard uncertainty that is independent between nodes, absolute, in the unit of `value`.
    public let randomUncertainty: Double
    /// Standard uncertainty that all nodes share (clock, policy, reference), absolute, in the unit of `value`.
    public let systematicUncertainty: Double
    public let precision: Precision
    public let policy: PolicyID
    public let basis: Basis
    public let perimeter: Perimeter
    public let asOf: Timestamp

    /// - Parameters:
    ///   - relativeRandom: Share of `value`, finite and ≥ 0.
    ///   - relativeSystematic: Share of `value`, finite and ≥ 0.
    /// - Throws: `CapacityError.notACapacity` for a number that is not finite or negative.
    public init(
        value: Double, relativeRandom: Double, relativeSystematic: Double, precision: Precision, policy: PolicyID,
        basis: Basis, perimeter: Perimeter, asOf: Timestamp
    ) throws(CapacityError) {
        try self.init(
            value: value, randomUncertainty: value * relativeRandom,
            systematicUncertainty: value * relativeSystematic, precision: precision, policy: policy, basis: basis,
            perimeter: perimeter, asOf: asOf)
    }

    /// - Throws: `CapacityError.notACapacity` for a number that is not finite or negative.
    public init(
        value: Double, randomUncertainty: Double, systematicUncertainty: Double, precision: Precision,
        policy: PolicyID, basis: Basis, perimeter: Perimeter, asOf: Timestamp
    ) throws(CapacityError) {
        let numbers = [
            ("value", value), ("random uncertainty", randomUncertainty),
            ("systematic uncertainty", systematicUncertainty),
        ]
        for (name, number) in numbers where !number.isFinite || number < 0 {
            throw .notACapacity(field: name, number: number)
        }
        self.value = value
        self.randomUncertainty = randomUncertainty
        self.systematicUncertainty = systematicUncertainty
        self.precision = precision
        self.policy = policy
        self.basis = basis
        self.perimeter = perimeter
        self.asOf = asOf
    }

    /// Combined standard uncertainty U of this amount, U² = u_random² + u_systematic².
    public var uncertainty: Double {
        (randomUncertainty * randomUncertainty + systematicUncertainty * systematicUncertainty).squareRoot()
    }

    /// Share of the value; nil for a value of 0, of which nothing is a share.
    public var relativeRandom: Double? { value > 0 ? randomUncertainty / value : nil }
    public var relativeSystematic: Double? { value > 0 ? systematicUncertainty / value : nil }
    public var relativeUncertainty: Double? { value > 0 ? uncertainty / value : nil }

    /// Coverage factor of a two-sided 95 % interval under a normal distribution.
    public static let coverageFactor95 = 1.959_963_984_540_054

    /// The 95 % interval, value ± k·U with k = 1.96; the lower end is held at 0.
    public var interval95: ClosedRange<Double> {
        let half = Self.coverageFactor95 * uncertainty
        return max(0, value - half)...(value + half)
    }

    /// What must be equal for two capacities to be added or compared.
    public var terms: CapacityTerms { CapacityTerms(precision: precision, policy: policy, perimeter: perimeter) }
}

/// What a capacity is counted in and over; amounts under different terms have neither sum nor ratio.
public struct CapacityTerms: Sendable, Hashable, CustomStringConvertible {
    public let precision: Precision
    public let policy: PolicyID
    public let perimeter: Perimeter

    public init(precision: Precision, policy: PolicyID, perimeter: Perimeter) {
        self.precision = precision
        self.policy = policy
        self.perimeter = perimeter
    }

    public var description: String { "\(precision.rawValue) under \(policy) over \(perimeter)" }
}

extension Capacity: CustomStringConvertible {
    public var description: String { "\(SIFormat.text(value, unit: "FLOPS")) of \(terms)" }
}

/// Why an amount is not a capacity, or why two capacities have no sum and no ratio.
public enum CapacityError: Error, Sendable, Hashable, CustomStringConvertible {
    case notACapacity(field: String, number: Double)
    case mixedPrecision(Capacity, Capacity)
    case mixedPolicy(Capacity, Capacity)
    case mixedPerimeter(Capacity, Capacity)
    /// Not what a `TypedCapacity` counts.
    case otherTerms(Capacity, wanted: CapacityTerms)
    case nothingToAdd
    /// An amount, or the sum, lies outside of what sums are exact in.
    case notSummable(AggregationError)
    /// The ratio to a capacity of 0.
    case noRatioToZero(Capacity)
    case notAFraction(field: String, number: Double)
    case classFractionsExceedOne(total: Double)

    public var description: String {
        switch self {
        case .notACapacity(let field, let number): "\(field) of a capacity cannot be \(number)"
        case .mixedPrecision(let left, let right):
            "\(left) and \(right) cannot be added or compared: they count different precisions"
        case .mixedPolicy(let left, let right):
            "\(left) and \(right) cannot be added or compared: they were converted under different policies"
        case .mixedPerimeter(let left, let right):
            "\(left) and \(right) cannot be added or compared: they cover different perimeters"
        case .otherTerms(let capacity, let wanted): "\(capacity) is not \(wanted)"
        case .nothingToAdd: "the sum of no capacities has no precision, policy or perimeter"
        case .notSummable(let error): "\(error)"
        case .noRatioToZero(let capacity): "there is no ratio to \(capacity)"
        case .notAFraction(let field, let number): "\(field) must lie in 0 … 1 and is \(number)"
        case .classFractionsExceedOne(let total): "the class fractions of one node add up to \(total), above 1"
        }
    }
}
