// MeasurementSummary.swift: the figures of a verified run: sustained rate with its interval, burst, share of peak.

public import ResultRecord
import SampleStatistics

package struct MeasurementSummary: Sendable {
    package let run: VerifiedRun
    /// Sustained: all work over all time, in FLOPS.
    package let rate: Double
    /// The best slice, in FLOPS.
    package let burst: Double
    package let statistics: SampleSummary
    package let statedPeak: Double?
    package let quality: Quality
    package let reasons: [QualityReason]

    /// - Parameter conditions: What happened around the measurement.
    package init(_ verified: VerifiedRun, conditions: Conditions) {
        let raw = verified.run
        let seconds = raw.slices.map(\.seconds)
        let work = raw.workPerSlice
        // Whole FLOPS: what the record's samples say is what the statistics are made from.
        let values = seconds.map { (work / $0).rounded() }
        let sustained = SustainedRate(work: work, seconds: values.map { work / $0 })
        guard let order = OrderStatistics(values), let moments = Moments(values) else {
            preconditionFailure("a verified run has slices, and their times are finite")
        }
        var statistics = SampleSummary(
            n: values.count, min: order.minimum, max: order.maximum, mean: moments.mean, median: order.median,
            mad: order.medianAbsoluteDeviation, p05: order.quantile(0.05), p95: order.quantile(0.95))
        statistics.stddev = moments.standardDeviation
        statistics.cv = moments.coefficientOfVariation
        if let low = sustained.low {
            statistics.ciLow = low
            statistics.ciHigh = sustained.high
            statistics.ciLevel = sustained.level
            statistics.ciMethod = SustainedRate.methodName
        }
        run = verified
        rate = sustained.rate
        burst = order.maximum
        self.statistics = statistics
        statedPeak = raw.statedPeak
        reasons = QualityReason.reasons(for: raw, interval: sustained, statistics: statistics, conditions: conditions)
        quality = reasons.map(\.severity).max() ?? .trusted
    }
}

/// What the machine did around one measurement.
package struct Conditions: Sendable, Hashable {
    /// Share of CPU time that the hypervisor took.
    package var stealRatio: Double?
    /// Periods in which the control group's quota stopped us.
    package var throttledPeriods: Int?

    package init(stealRatio: Double? = nil, throttledPeriods: Int? = nil) {
        self.stealRatio = stealRatio
        self.throttledPeriods = throttledPeriods
    }
}

extension Quality: Comparable {
    private var rank: Int {
        switch self {
        case .trusted: 0
        case .noisy: 1
        case .untrusted: 2
        }
    }

    public static func < (left: Quality, right: Quality) -> Bool { left.rank < right.rank }
}
