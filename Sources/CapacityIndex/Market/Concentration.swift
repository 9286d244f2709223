// Concentration.swift: whether a total rests on few holders or on many.

import SampleStatistics

/// How unequally a total is spread over its parts (sites, regions, operators).
public struct Concentration: Sendable, Hashable {
    /// HHI = Σ s_i², the shares' squares, in 1/n … 1.
    ///
    /// - Source: A. O. Hirschman, Am. Econ. Rev. 54 (1964) 761, on its origin.
    public let herfindahl: Double
    /// G = Σ (2 i − n − 1) x_i / (n Σ x), x ascending, i from 1: 0 for equal parts, (n − 1)/n when one has all.
    ///
    /// - Source: C. Gini, Variabilità e mutabilità (1912), in the form for sorted values.
    public let gini: Double
    /// n.
    public let count: Int

    /// 1 / HHI: as many equal parts would be as concentrated.
    public var effectiveCount: Double { 1 / herfindahl }

    /// - Parameter parts: Finite and ≥ 0, in any order; parts of 0 count as parts.
    /// - Returns: nil when nothing adds up: no parts, all 0, a negative one or one that is not finite.
    /// - Complexity: O(*n* log *n*).
    public init?(_ parts: some Collection<Double>) {
        guard parts.allSatisfy({ $0.isFinite && $0 >= 0 }) else { return nil }
        let sorted = parts.sorted()
        let total = CompensatedSum(sorted).value
        guard total > 0, total.isFinite else { return nil }
        count = sorted.count
        herfindahl = CompensatedSum(sorted.lazy.map { $0 / total * ($0 / total) }).value
        let n = Double(count)
        gini =
            CompensatedSum(sorted.enumerated().lazy.map { (2 * Double($0 + 1) - n - 1) * ($1 / total) }).value / n
    }
}
