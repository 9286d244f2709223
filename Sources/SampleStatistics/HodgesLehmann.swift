// HodgesLehmann.swift: by how much two samples differ, as the median over all pairs.

import RealModule

/// The shift from one sample to another, with the interval that the Mann–Whitney test does not reject.
///
/// Of log rates the shift is the logarithm of the ratio.
///
/// - Source: J. L. Hodges, E. L. Lehmann, Ann. Math. Stat. 34 (1963) 598; interval, E. L. Lehmann, Nonparametrics
///   (1975), 2.3.
public struct HodgesLehmann: Sendable, Hashable {
    /// Median of second − first over all pairs.
    public let shift: Double
    /// Bounds of the interval; nil when samples of these sizes cannot reach `level`.
    public let low: Double?
    public let high: Double?
    /// Coverage asked for, and the interval's at least while the test is exact.
    public let level: Double

    public static let methodName = "hodges-lehmann"

    /// - Returns: nil when a sample is empty or holds a value that is not finite.
    /// - Complexity: O(*nm* log *nm*), with one array of all differences.
    public init?(from first: [Double], to second: [Double], level: Double = 0.95) {
        guard !first.isEmpty, !second.isEmpty else { return nil }
        guard let pairs = OrderStatistics(second.flatMap { value in first.map { value - $0 } }) else { return nil }
        shift = pairs.median
        self.level = level
        let rank = Self.rank(first.count, second.count, level: level)
        low = rank.map { pairs.sorted[$0] }
        high = rank.map { pairs.sorted[pairs.sorted.count - 1 - $0] }
    }

    /// How many differences lie outside on each side.
    private static func rank(_ n: Int, _ m: Int, level: Double) -> Int? {
        if max(n, m) <= MannWhitney.exactLimit {
            return MannWhitney.criticalValue(n, m, significance: 1 - level)
        }
        let (n, m) = (Double(n), Double(m))
        let deviation = (n * m * (n + m + 1) / 12).squareRoot()
        let rank = (n * m / 2 - 0.5 + NormalDistribution.quantile((1 - level) / 2) * deviation).rounded(.down)
        return rank < 0 ? nil : Int(rank)
    }
}
