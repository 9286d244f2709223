// Normalisation.swift: indicators of different units onto one scale on which more is better.
// As in COINr, an indicator of which less is better changes its sign first, and its goalposts or target with it.

import RealModule
import SampleStatistics

/// How an indicator's values become scores. Minima, means and ranks are taken over all units and times.
public enum Normalisation: Sendable, Hashable {
    /// The value with its direction's sign, unscaled.
    case none
    /// 100 (x − l) / (u − l), held in [1, 100]: fixed posts keep years comparable, and 1 keeps a geometric mean finite.
    case goalposts
    /// 100 (ln x − ln l) / (ln u − ln l), held in [1, 100].
    case logGoalposts
    /// The range in the data onto [lower, upper].
    case minMax(lower: Double, upper: Double)
    /// (x − mean) / sample standard deviation.
    case zScore
    /// 1 for the worst; equal values share the lower rank.
    case rank
    /// (rank − 1) / (n − 1).
    case percentileRank
    /// rank − 1.
    case borda
    /// 1 − (max − x) / (max − min).
    case distanceToMaximum
    /// 1 − (r − x) / (r − min), r being a unit's value, in a panel that of its latest time.
    case distanceToReference(unit: String)
    /// 1 − (t − x) / (t − min), t being the indicator's target; above 1 beyond it.
    case distanceToTarget

    /// Whether every score is above 0, so that a geometric or harmonic mean exists.
    public var isPositive: Bool {
        switch self {
        case .goalposts, .logGoalposts, .rank: true
        case .minMax(let lower, let upper): lower > 0 && upper > 0
        default: false
        }
    }
}

/// An indicator that has no score for any unit, and why.
public struct UnscoredIndicator: Sendable, Hashable {
    public enum Reason: String, Sendable, Hashable {
        /// Not one value is present.
        case empty
        /// All values are equal, so nothing relative can be said.
        case constant
        /// The reference unit's value is missing or is the worst.
        case referenceHasNoDistance = "reference-has-no-distance"

        /// In words, after "is".
        public var text: String {
            switch self {
            case .empty: "empty"
            case .constant: "the same for all units"
            case .referenceHasNoDistance: "missing or worst for the reference unit"
            }
        }
    }

    public let code: String
    public let reason: Reason
}

enum Normalising {
    /// - Returns: the scores; all missing, with the reason, where the method has no answer.
    static func normalise(
        _ column: DataColumn, of indicator: Indicator, by method: Normalisation, units: [CompositeUnit]
    ) throws(CompositeError) -> (DataColumn, UnscoredIndicator.Reason?) {
        let nothing = DataColumn(missing: column.count)
        guard let range = column.range else { return (nothing, .empty) }
        switch method {
        case .goalposts:
            guard let posts = indicator.goalposts else { throw .noGoalposts(indicator: indicator.code) }
            let score = scale(from: posts.lower, to: posts.upper, indicator.direction)
            return (column.map { held(score($0)) }, nil)
        case .logGoalposts:
            guard let posts = indicator.goalposts else { throw .noGoalposts(indicator: indicator.code) }
            guard posts.lower > 0 else {
                throw .goalpostsNotPositive(indicator: indicator.code, lower: posts.lower)
            }
            if range.minimum <= 0, let row = column.raw.firstIndex(where: { $0 <= 0 }) {
                throw .valueNotPositive(
                    method: MethodNames.logGoalposts, unit: units[row].label, code: indicator.code,
                    value: column.raw[row])
            }
            let score = scale(from: Double.log(posts.lower), to: Double.log(posts.upper), indicator.direction)
            return (column.map { held(score(Double.log($0))) }, nil)
        default: break
        }

        // + 0 turns the −0 of a reversed 0 into 0.
        let signed = column.map { $0 * indicator.direction.factor + 0 }
        if method == .none { return (signed, nil) }
        guard range.minimum < range.maximum, let low = signed.range?.minimum, let high = signed.range?.maximum else {
            return (nothing, .constant)
        }
        switch method {
        case .none, .goalposts, .logGoalposts: return (signed, nil)
        case .minMax(let lower, let upper):
            return (
                signed.map { x in
                    // The ends exactly, which rounding could miss by one unit in the last place.
                    x == low ? lower : x == high ? upper : fraction(x, from: low, to: high) * (upper - lower) + lower
                }, nil
            )
        case .zScore:
            guard let moments = Moments(signed.present), let spread = moments.standardDeviation, spread > 0 else {
                return (nothing, .constant)
            }
            return (signed.map { ($0 - moments.mean) / spread }, nil)
        case .rank: return (ranked(signed) { Double($0) }, nil)
        case .borda: return (ranked(signed) { Double($0 - 1) }, nil)
        case .percentileRank:
            let steps = Double(signed.presentCount - 1)
            return (ranked(signed) { Double($0 - 1) / steps }, nil)
        case .distanceToMaximum: return (signed.map { fraction($0, from: low, to: high) }, nil)
        case .distanceToReference(let unit):
            let candidates = units.indices.filter { units[$0].code == unit }
            guard let row = candidates.max(by: { (units[$0].time ?? 0) < (units[$1].time ?? 0) }) else {
                throw .unknownUnit(unit)
            }
            guard let reference = signed[row], reference > low else { return (nothing, .referenceHasNoDistance) }
            return (signed.map { 1 - (reference - $0) / (reference - low) }, nil)
        case .distanceToTarget:
            guard let stated = indicator.target else { throw .noTarget(indicator: indicator.code) }
            let target = stated * indicator.direction.factor
            guard target > low else {
                throw .targetNotAboveMinimum(
                    indicator: indicator.code, target: stated, minimum: low * indicator.direction.factor)
            }
            return (signed.map { 1 - (target - $0) / (target - low) }, nil)
        }
    }

    /// (x − low) / (high − low) without overflow where high − low has one.
    private static func fraction(_ x: Double, from low: Double, to high: Double) -> Double {
        let span = high - low
        return span.isFinite ? (x - low) / span : (x / 2 - low / 2) / (high / 2 - low / 2)
    }

    private static func scale(
        from lower: Double, to upper: Double, _ direction: Direction
    ) -> (Double) -> Double {
        switch direction {
        case .moreIsBetter: { 100 * fraction($0, from: lower, to: upper) }
        case .lessIsBetter: { 100 * fraction($0, from: upper, to: lower) }
        }
    }

    private static func held(_ score: Double) -> Double { min(100, max(1, score)) }

    private static func ranked(_ column: DataColumn, _ score: (Int) -> Double) -> DataColumn {
        var ranks = Ranks.ascending(column.present).makeIterator()
        return column.map { _ in ranks.next().map(score) ?? .nan }
    }
}
