// Decomposition.swift: which part contributes how much to an aggregate, and how uncertain a geometric one is.

import RealModule
import SampleStatistics

/// What one part adds to an aggregate of one unit.
public struct PartContribution: Sendable, Hashable {
    public let code: String
    /// Its weight among the parts that are present; these add up to 1.
    public let weight: Double
    public let score: Double
    /// Arithmetic: w x, in units of the score; geometric: w ln x.
    public let amount: Double
    /// `amount` over the sum of all; nil where that sum is 0.
    public let share: Double?
}

extension CompositeResult {
    /// The parts of an aggregate: w_j x_j for an arithmetic mean, whose sum is the score, and w_j ln x_j for a geometric
    /// one, whose sum is the score's logarithm.
    ///
    /// - Returns: nil when the aggregate is missing for this unit, does not exist, or is of another kind of mean.
    public func contributions(to aggregate: String, row: Int) -> [PartContribution]? {
        guard let level = tree.levels[aggregate], let parts = tree.children[aggregate],
            let column = self[aggregate], column[row] != nil
        else { return nil }
        let isGeometric: Bool
        switch method.aggregation(at: level, height: tree.height) {
        case .arithmetic, .power(1): isGeometric = false
        case .geometric, .power(0): isGeometric = true
        default: return nil
        }
        let isOwn = method.weighting == .benefitOfTheDoubt
        let present = parts.compactMap { code -> (code: String, weight: Double, score: Double)? in
            let weight = isOwn ? weights.perUnit[code]?[row] : weights.shares[code]
            guard let score = self[code]?[row], let weight, weight > 0 else { return nil }
            return (code, weight, score)
        }
        // Benefit-of-the-doubt weights are those of a plain sum.
        let total = isOwn ? 1 : CompensatedSum(present.map(\.weight)).value
        let amounts = present.map { $0.weight / total * (isGeometric ? Double.log($0.score) : $0.score) }
        let sum = CompensatedSum(amounts).value
        return zip(present, amounts).map { part, amount in
            PartContribution(
                code: part.code, weight: part.weight / total, score: part.score, amount: amount,
                share: sum == 0 ? nil : amount / sum)
        }
    }
}

/// Uncertainty of a weighted geometric mean.
public enum GeometricUncertainty {
    /// √Σ (w_j r_j)², r_j being the relative standard uncertainties of independent parts, w_j their weights as shares.
    ///
    /// - Returns: nil unless there is one finite r ≥ 0 for each weight ≥ 0, and the weights do not add up to 0; they are
    ///   scaled to add up to 1.
    /// - Source: BIPM and others, Guide to the expression of uncertainty in measurement (JCGM 100:2008), 5.1.6.
    public static func relative(weights: [Double], relative: [Double]) -> Double? {
        guard weights.count == relative.count, (weights + relative).allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            return nil
        }
        let total = CompensatedSum(weights).value
        guard total > 0, total.isFinite else { return nil }
        let terms = zip(weights, relative).map { $0 / total * $1 }
        let uncertainty = CompensatedSum(terms.map { $0 * $0 }).value.squareRoot()
        return uncertainty.isFinite ? uncertainty : nil
    }
}

extension CompositeResult {
    /// Relative uncertainty of a geometric aggregate from those of its parts' scores.
    ///
    /// - Returns: nil when it is not geometric, is missing, or a part that counts has no uncertainty.
    public func relativeUncertainty(of aggregate: String, row: Int, parts: [String: Double]) -> Double? {
        guard let level = tree.levels[aggregate],
            [.geometric, .power(0)].contains(method.aggregation(at: level, height: tree.height)),
            let contributions = contributions(to: aggregate, row: row)
        else { return nil }
        let relative = contributions.compactMap { parts[$0.code] }
        guard relative.count == contributions.count else { return nil }
        return GeometricUncertainty.relative(weights: contributions.map(\.weight), relative: relative)
    }
}
