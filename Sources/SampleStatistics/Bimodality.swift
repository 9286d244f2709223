// Bimodality.swift: whether slices were taken from two kinds of time: two clocks, two neighbours, two placements.

import RealModule

/// Two modes of a sample, where it has them beyond doubt.
///
/// The verdict is the dip test's, at 1 %: no distribution with one mode, however skewed or heavy its tail, is as likely to
/// be told from two modes as the uniform one that the critical values are from. Values that resemble their neighbours
/// are worth fewer, by (1 − r)/(1 + r) for a lag-one rank correlation r. The modes themselves are the medians of the two
/// groups with the least sum of absolute deviations; they have to lie two standard deviations apart.
///
/// - Source: dip, see `DipTest`; separation, K. M. Ashman, C. M. Bird, S. E. Zepf, Astron. J. 108 (1994) 2348 (D > 2).
public struct Bimodality: Sendable, Hashable {
    /// Medians of the two groups, `low` < `high`.
    public let low: Double
    public let high: Double
    /// Share of the values that belong to the group around `high`, at least `leastWeight`.
    public let highWeight: Double
    /// Ashman's D: distance of the modes over the root mean square of the groups' deviations; above 2.
    public let separation: Double
    /// Distance from the nearest distribution with one mode.
    public let dip: Double

    public static let leastWeight = 0.05
    /// Smaller samples have no verdict.
    public static let fewestSamples = 20

    /// - Parameter samples: Finite values in the order of measurement.
    /// - Returns: nil when one mode is enough, or with fewer than `fewestSamples`.
    /// - Complexity: O(*n* log *n*).
    public init?(_ samples: [Double]) {
        guard samples.count >= Self.fewestSamples, let test = DipTest(samples) else { return nil }
        let independent = Double(samples.count) * Self.independentShare(samples)
        let critical = DipTest.criticalValue(count: independent) / independent.squareRoot()
        guard !test.isUnimodal(within: critical), let split = Self.split(test.sorted) else { return nil }
        (low, high, highWeight, separation) = split
        dip = test.dip
        guard separation > 2 else { return nil }
    }

    private static func independentShare(_ samples: [Double]) -> Double {
        let scores = normalScores(samples)
        let squares = scores.reduce(0) { $0 + $1 * $1 }
        let neighbours = zip(scores, scores.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        let correlation = min(max(neighbours / squares, 0), 0.99)
        return (1 - correlation) / (1 + correlation)
    }

    private typealias Split = (low: Double, high: Double, highWeight: Double, separation: Double)

    private static func split(_ sorted: [Double]) -> Split? {
        var sums = [0.0]
        for value in sorted { sums.append(sums[sums.count - 1] + value) }
        /// Σ |x − median| within a range.
        func deviations(_ range: Range<Int>) -> Double {
            let (lower, upper) = (range.lowerBound + range.count / 2, range.upperBound - range.count / 2)
            return (sums[range.upperBound] - sums[upper]) - (sums[lower] - sums[range.lowerBound])
        }
        let fewest = max(2, Int((leastWeight * Double(sorted.count)).rounded(.up)))
        let best = (fewest...sorted.count - fewest).min { first, second in
            deviations(0..<first) + deviations(first..<sorted.count)
                < deviations(0..<second) + deviations(second..<sorted.count)
        }
        guard let best, let lower = OrderStatistics(Array(sorted[..<best])),
            let upper = OrderStatistics(Array(sorted[best...]))
        else { return nil }
        // 1.4826 times the median absolute deviation is the standard deviation of a normal sample.
        let (first, second) = (lower.medianAbsoluteDeviation * 1.4826, upper.medianAbsoluteDeviation * 1.4826)
        let deviation = ((first * first + second * second) / 2).squareRoot()
        return (
            lower.median, upper.median, Double(sorted.count - best) / Double(sorted.count),
            (upper.median - lower.median) / deviation
        )
    }
}
