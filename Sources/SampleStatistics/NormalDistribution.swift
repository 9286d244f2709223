// NormalDistribution.swift: the standard normal distribution, and ranks turned into its quantiles.

import RealModule

/// The standard normal distribution.
public enum NormalDistribution {
    /// Probability of a value ≤ z; its relative precision holds in the lower tail.
    public static func cumulative(_ z: Double) -> Double { 0.5 * Double.erfc(-z / 2.0.squareRoot()) }

    /// The z that a share `probability` of the distribution lies below, to 1e-12.
    ///
    /// - Parameter probability: In (0, 1).
    public static func quantile(_ probability: Double) -> Double {
        if probability > 0.5 { return -quantile(1 - probability) }
        // Newton's steps, with the curvature of the distribution function (Halley): from the logistic curve's quantile,
        // which is within 0.5 in the middle, and from √(−2 ln p) in the tail.
        var z =
            probability > 0.02
            ? Double.log(probability / (1 - probability)) / 1.702 : -(-2 * Double.log(probability)).squareRoot()
        for _ in 0..<30 {
            let density = Double.exp(-z * z / 2) / (2 * Double.pi).squareRoot()
            let step = (cumulative(z) - probability) / density
            let corrected = step / (1 + z * step / 2)
            z -= corrected
            if abs(corrected) < 1e-13 * max(1, abs(z)) { break }
        }
        return z
    }
}

/// Ranks from 1, equal values sharing the mean of theirs.
///
/// - Complexity: O(*n* log *n*).
package func midranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
        var end = start + 1
        while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
        for position in start..<end { ranks[order[position]] = Double(start + 1 + end) / 2 }
        start = end
    }
    return ranks
}

/// Normal scores: the quantiles of a normal sample in the order of `values`, so that no outlier counts more than its
/// place.
///
/// - Source: B. L. van der Waerden, Indag. Math. 14 (1952) 453: Φ⁻¹(rank / (n + 1)).
func normalScores(_ values: [Double]) -> [Double] {
    let steps = Double(values.count + 1)
    return midranks(values).map { NormalDistribution.quantile($0 / steps) }
}
