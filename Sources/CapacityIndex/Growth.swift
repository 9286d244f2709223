// Growth.swift: change of a capacity over time, and the arithmetic of growth rates.

import RealModule

/// Growth formulas on plain numbers; nil where the question has no answer.
public enum GrowthRate {
    /// C₁ / C₀ − 1; nil unless both are finite, C₀ > 0 and C₁ ≥ 0.
    public static func simple(from start: Double, to end: Double) -> Double? {
        guard start > 0, end >= 0, start.isFinite, end.isFinite else { return nil }
        return (end - start) / start
    }

    /// (C₁ / C₀)^(1/y) − 1, the compound annual growth rate; nil unless all are finite and above 0.
    public static func compoundAnnual(from start: Double, to end: Double, years: Double) -> Double? {
        guard let logarithm = logarithmOfRatio(start, end), years > 0, years.isFinite else { return nil }
        // expm1 keeps the digits of a growth near 0.
        return Double.expMinusOne(logarithm / years)
    }

    /// ln(C₁ / C₀) / ln 2: how many times the amount doubled; negative when it shrank.
    public static func doublings(from start: Double, to end: Double) -> Double? {
        logarithmOfRatio(start, end).map { $0 / Double.log(2) }
    }

    /// y · ln 2 / ln(C₁ / C₀), in years; nil when the amount did not grow.
    public static func doublingTime(from start: Double, to end: Double, years: Double) -> Double? {
        guard let doublings = doublings(from: start, to: end), doublings > 0, years > 0, years.isFinite else {
            return nil
        }
        return years / doublings
    }

    /// Years to double at a steady growth per year, for example 0.40; nil for a growth that is not above 0.
    public static func doublingTime(annualGrowth: Double) -> Double? {
        guard annualGrowth > 0, annualGrowth.isFinite else { return nil }
        return Double.log(2) / Double.log(onePlus: annualGrowth)
    }

    private static func logarithmOfRatio(_ start: Double, _ end: Double) -> Double? {
        guard start > 0, end > 0, start.isFinite, end.isFinite else { return nil }
        // The difference of logarithms cannot overflow where the ratio would.
        return Double.log(end) - Double.log(start)
    }
}

/// Change of a total against the same total earlier.
public struct Growth: Sendable, Hashable {
    public let from: Timestamp
    public let to: Timestamp
    /// g = C₁ / C₀ − 1.
    public let fraction: Double
    /// Standard uncertainty of `fraction`, absolute; see `Capacity.compared(to:)`.
    public let uncertainty: Double
    /// Nodes behind each total: a total that grew with its nodes need not mean faster nodes.
    public let nodesBefore: Int
    public let nodesNow: Int
    /// What of the change came from count, speed and availability; nil where the parts cannot be told.
    public let attribution: GrowthAttribution?

    /// (C₁ / C₀)^(1/y) − 1 over the years between; nil for a total that fell to 0.
    public var annual: Double? { GrowthRate.compoundAnnual(from: 1, to: 1 + fraction, years: years) }

    /// Years to double at that rate; nil when the total did not grow.
    public var doublingYears: Double? { GrowthRate.doublingTime(from: 1, to: 1 + fraction, years: years) }

    private var years: Double { to.days(since: from) / Timestamp.daysPerYear }

    /// The 95 % interval, g ± 1.96 u; the lower end is held at −1.
    public var interval95: ClosedRange<Double> {
        let half = Capacity.coverageFactor95 * uncertainty
        return max(-1, fraction - half)...(fraction + half)
    }
}

/// Why a growth is not stated.
public enum NoGrowth: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nothing was measured at or before that time.
    case noHistory(before: Timestamp)
    case policyDiffers(now: PolicyID, before: PolicyID)
    case precisionDiffers(now: Precision, before: Precision)
    case perimeterDiffers(now: Perimeter, before: Perimeter)
    case mixDiffers(now: MixID, before: MixID)
    /// The earlier total is 0, or not earlier.
    case nothingToCompareWith(before: Timestamp)

    /// The code in JSON.
    public var code: String {
        switch self {
        case .noHistory: "no-history"
        case .policyDiffers: "policy-differs"
        case .precisionDiffers: "precision-differs"
        case .perimeterDiffers: "perimeter-differs"
        case .mixDiffers: "mix-differs"
        case .nothingToCompareWith: "nothing-to-compare-with"
        }
    }

    public var description: String {
        switch self {
        case .noHistory(let before): "nothing that counts was measured at or before \(before.date)"
        case .policyDiffers(let now, let before):
            "the earlier total was converted under \(before), this one under \(now)"
        case .precisionDiffers(let now, let before):
            "the earlier total counts \(before.rawValue), this one \(now.rawValue)"
        case .perimeterDiffers(let now, let before): "the earlier total covers \(before), this one \(now)"
        case .mixDiffers(let now, let before): "the earlier total was measured with \(before), this one with \(now)"
        case .nothingToCompareWith(let before): "the total of \(before.date) is no base for a growth rate"
        }
    }
}
