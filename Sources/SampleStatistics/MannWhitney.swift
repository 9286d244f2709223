// MannWhitney.swift: whether one sample tends to lie above another, by ranks.

/// The Mann–Whitney U test of two independent samples, two-sided.
///
/// Exact without ties while neither sample has more than `exactLimit` values; else the normal approximation with the
/// variance corrected for ties and half a step for continuity.
///
/// - Source: H. B. Mann, D. R. Whitney, Ann. Math. Stat. 18 (1947) 50; ties, E. L. Lehmann, Nonparametrics (1975), 1.4.
public struct MannWhitney: Sendable, Hashable {
    /// Pairs in which the first sample's value is the larger one, ties as one half.
    public let u: Double
    /// Two-sided.
    public let pValue: Double
    /// Whether the p value is that of the distribution of U itself.
    public let isExact: Bool

    public static let methodName = "mann-whitney-u"
    public static let exactLimit = 20

    /// - Returns: nil when a sample is empty or holds a value that is not finite.
    /// - Complexity: O(*n* log *n*), and O((*nm*)²) at the most for the exact distribution.
    public init?(_ first: [Double], _ second: [Double]) {
        guard !first.isEmpty, !second.isEmpty, (first + second).allSatisfy(\.isFinite) else { return nil }
        let ranks = midranks(first + second)
        let (n, m) = (Double(first.count), Double(second.count))
        u = ranks.prefix(first.count).reduce(0, +) - n * (n + 1) / 2
        let ties = Self.tieTerm(ranks)
        isExact = ties == 0 && max(first.count, second.count) <= Self.exactLimit
        if isExact {
            let below = Self.distribution(first.count, second.count).prefix(Int(min(u, n * m - u)) + 1).reduce(0, +)
            pValue = min(1, 2 * below)
        } else {
            let all = n + m
            let variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)))
            guard variance > 0 else {
                // All values are equal: nothing speaks for a difference.
                pValue = 1
                return
            }
            let distance = max(0, abs(u - n * m / 2) - 0.5)
            pValue = min(1, 2 * NormalDistribution.cumulative(-distance / variance.squareRoot()))
        }
    }

    /// The smallest two-sided p value that samples of these sizes can have without ties: 2 / C(n + m, n).
    public static func smallestPValue(_ n: Int, _ m: Int) -> Double {
        min(1, 2 * distribution(n, m)[0])
    }

    /// The largest U for which p ≤ `significance` on that side; nil when there is none.
    public static func criticalValue(_ n: Int, _ m: Int, significance: Double) -> Int? {
        var below = 0.0
        var critical: Int?
        for (value, probability) in distribution(n, m).enumerated() {
            below += probability
            guard 2 * below <= significance else { break }
            critical = value
        }
        return critical
    }

    /// Probabilities of U = 0 … nm when both samples are drawn from one distribution.
    ///
    /// The number of orders with a given U is a coefficient of the Gaussian binomial Π (1 − q^(m+i)) / (1 − q^i),
    /// i = 1 … n, which is multiplied out factor by factor. The counts are integers below 2⁵³ for n, m ≤ 25.
    static func distribution(_ n: Int, _ m: Int) -> [Double] {
        let size = n * m + 1
        var counts = [Double](repeating: 0, count: size)
        counts[0] = 1
        for i in 1...n {
            if m + i < size {
                for u in stride(from: size - 1, through: m + i, by: -1) { counts[u] -= counts[u - m - i] }
            }
            if i < size {
                for u in i..<size { counts[u] += counts[u - i] }
            }
        }
        let total = counts.reduce(0, +)
        return counts.map { $0 / total }
    }

    /// Σ (t³ − t) over groups of t equal values.
    private static func tieTerm(_ ranks: [Double]) -> Double {
        let sorted = ranks.sorted()
        var sum = 0.0
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
            let count = Double(end - start)
            sum += count * count * count - count
            start = end
        }
        return sum
    }
}
