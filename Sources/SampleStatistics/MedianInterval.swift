// MedianInterval.swift: an interval for a median that assumes nothing about the distribution.

import RealModule

/// The median of a sample with an interval from its own order statistics.
///
/// The number of values below the true median is binomial with p = 1/2, so that pairs of order statistics cover it
/// with known probability; values must be independent. This is the sign test turned around.
///
/// - Source: H. A. David, H. N. Nagaraja, Order Statistics, 3rd edition (2003), section 7.1.
public struct MedianInterval: Sendable, Hashable {
    public let median: Double
    /// The narrowest symmetric pair of order statistics that covers at least `level`; nil with too few values.
    public let low: Double?
    public let high: Double?
    /// Coverage asked for.
    public let level: Double

    public static let methodName = "sign-test"

    /// - Parameters:
    ///   - sample: Finite values.
    ///   - level: In (0, 1).
    /// - Returns: nil when the sample is empty or holds a value that is not finite.
    public init?(_ sample: [Double], level: Double = 0.95) {
        guard let order = OrderStatistics(sample) else { return nil }
        median = order.median
        self.level = level
        let rank = Self.rank(count: sample.count, level: level)
        low = rank.map { order.sorted[$0 - 1] }
        high = rank.map { order.sorted[sample.count - $0] }
    }

    /// The largest r for which the r-th smallest and the r-th largest value cover the median with probability `level`
    /// or more; nil when even the extremes do not.
    static func rank(count: Int, level: Double) -> Int? {
        // P(X < r) for X binomial (count, 1/2), summed in logarithms since 2^-count underflows beyond 1074.
        let allowed = (1 - level) / 2
        var term = -Double(count) * Double.log(2)
        var below = 0.0
        var rank = 0
        while rank < count / 2 {
            below += Double.exp(term)
            guard below <= allowed else { break }
            rank += 1
            term += Double.log(Double(count - rank + 1)) - Double.log(Double(rank))
        }
        return rank > 0 ? rank : nil
    }
}
