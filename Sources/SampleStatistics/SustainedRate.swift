// SustainedRate.swift: work over time across slices of equal work, with an interval that allows for slices
// that resemble their neighbours.

/// The rate at which a sequence of slices did its work, as an estimate with an interval.
///
/// All slices do the same work, so the rate is work divided by the mean time: the harmonic mean of the slices' rates.
/// Neighbouring slices share the machine's mood; the interval therefore comes from the means of batches of
/// consecutive slices, which depend on each other far less.
public struct SustainedRate: Sendable, Hashable {
    /// Work per second over all slices.
    public let rate: Double
    /// Bounds of the interval; nil with fewer than two slices. `high` is nil too when the times scatter so much
    /// that the interval of the mean time reaches 0.
    public let low: Double?
    public let high: Double?
    /// Coverage asked for.
    public let level: Double
    /// Batches the interval was made from.
    public let batches: Int

    /// As a record names the interval's method.
    public static let methodName = "batch-means-t"

    /// Batches made from twice as many slices or more; with fewer slices each is a batch of its own.
    /// With more than 30 the batches grow too short to be independent, with fewer than 10 the interval too wide.
    ///
    /// - Source: B. Schmeiser, Batch size effects in the analysis of simulation output, Oper. Res. 30 (1982).
    public static let batchCount = 20

    /// - Parameters:
    ///   - work: What each slice did, > 0.
    ///   - seconds: Time per slice in the order of measurement, each > 0. Not empty.
    ///   - level: Coverage of the interval, in (0, 1).
    public init(work: Double, seconds: [Double], level: Double = 0.95) {
        precondition(!seconds.isEmpty, "a rate needs at least one slice")
        let mean = CompensatedSum(seconds).value / Double(seconds.count)
        let batchMeans = Self.batchMeans(seconds)
        rate = work / mean
        self.level = level
        batches = batchMeans.count
        guard batchMeans.count > 1, let spread = Moments(batchMeans)?.standardDeviation else {
            low = nil
            high = nil
            return
        }
        let t = StudentT(degreesOfFreedom: Double(batchMeans.count - 1)).quantile(0.5 + level / 2)
        let half = t * spread / Double(batchMeans.count).squareRoot()
        low = work / (mean + half)
        high = half < mean ? work / (mean - half) : nil
    }

    /// Half the interval's width over the rate; nil when a bound is missing.
    public var relativeHalfWidth: Double? {
        guard let low, let high else { return nil }
        return (high - low) / 2 / rate
    }

    static func batchMeans(_ seconds: [Double]) -> [Double] {
        guard seconds.count >= 2 * batchCount else { return seconds }
        // Batches differ in length by one at most, and no slice is left out.
        return (0..<batchCount).map { batch in
            let slices = seconds[batch * seconds.count / batchCount..<(batch + 1) * seconds.count / batchCount]
            return CompensatedSum(slices).value / Double(slices.count)
        }
    }
}
