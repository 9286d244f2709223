// OrderStatistics.swift: quantiles, median and median absolute deviation of a sample.

/// A sample in ascending order, and what can be read off it.
public struct OrderStatistics: Sendable, Hashable {
    /// Ascending; never empty.
    public let sorted: [Double]

    /// - Returns: nil when `samples` is empty or holds a value that is not finite.
    /// - Complexity: O(*n* log *n*).
    public init?(_ samples: [Double]) {
        guard !samples.isEmpty, samples.allSatisfy(\.isFinite) else { return nil }
        sorted = samples.sorted()
    }

    public var minimum: Double { sorted[0] }
    public var maximum: Double { sorted[sorted.count - 1] }
    public var median: Double { quantile(0.5) }

    /// The quantile by linear interpolation between order statistics (type 7, the default of R and numpy).
    ///
    /// - Parameter probability: In [0, 1].
    /// - Source: R. J. Hyndman, Y. Fan, Sample quantiles in statistical packages, Am. Stat. 50 (1996), definition 7.
    public func quantile(_ probability: Double) -> Double {
        let position = probability * Double(sorted.count - 1)
        let below = Int(position.rounded(.down))
        let fraction = position - Double(below)
        guard fraction > 0 else { return sorted[below] }
        return sorted[below] + fraction * (sorted[below + 1] - sorted[below])
    }

    /// Median of the absolute deviations from the median; not scaled to a standard deviation.
    public var medianAbsoluteDeviation: Double {
        let center = median
        // The deviations of a non-empty finite sample are one too.
        return OrderStatistics(sorted.map { abs($0 - center) })?.median ?? 0
    }
}
