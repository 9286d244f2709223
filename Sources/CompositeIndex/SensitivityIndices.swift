// SensitivityIndices.swift: how much of an outcome's variance each factor causes, from a sample made for that.

import SampleStatistics

/// Shares of the variance of an outcome that one factor causes.
public struct SensitivityIndices: Sendable, Hashable {
    /// By the factor alone. An estimate; may fall slightly outside [0, 1].
    public let firstOrder: Double
    /// By the factor with all its interactions; ≥ 0.
    public let totalOrder: Double

    /// From outcomes at the points of two independent samples A and B, and at those of A with this factor taken from B.
    ///
    /// S = mean(f_B (f_AB − f_A)) / V and T = mean((f_A − f_AB)²) / (2 V), the outcomes being taken from their mean and V
    /// their variance over A and B.
    ///
    /// - Returns: nil unless the three have one length of at least 2 and the outcomes vary.
    /// - Source: A. Saltelli and others, Variance based sensitivity analysis of model output, Computer Physics
    ///   Communications 181 (2010), 259–270, table 2: rows b and f; the latter is M. J. W. Jansen's.
    public init?(a: [Double], b: [Double], mixed: [Double]) {
        guard a.count >= 2, a.count == b.count, a.count == mixed.count, let all = Moments(a + b),
            let spread = all.standardDeviation, spread > 0
        else { return nil }
        let n = Double(a.count)
        // Moments divides by 2n − 1, the estimators' V by 2n.
        let variance = spread * spread * (2 * n - 1) / (2 * n)
        var first = CompensatedSum()
        var total = CompensatedSum()
        for index in a.indices {
            first.add((b[index] - all.mean) * (mixed[index] - a[index]))
            total.add((a[index] - mixed[index]) * (a[index] - mixed[index]))
        }
        firstOrder = first.value / n / variance
        totalOrder = total.value / (2 * n) / variance
    }
}
