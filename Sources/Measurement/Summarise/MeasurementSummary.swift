// MeasurementSummary.swift: the figures of a verified run: sustained rate with its interval, burst, share of peak.

package import MachineProbe
public import ResultRecord
import SampleStatistics

package struct MeasurementSummary: Sendable {
    package let run: VerifiedRun
    /// Sustained: all work over all time, in the unit of the measurement.
    package let rate: Double
    /// The best slice.
    package let burst: Double
    package let statistics: SampleSummary
    package let statedPeak: Double?
    package let quality: Quality
    package let reasons: [QualityReason]
    package let conditions: Conditions

    /// - Parameter conditions: What happened around the measurement.
    package init(_ verified: VerifiedRun, conditions: Conditions) {
        let raw = verified.run
        let values = raw.sampleValues
        let isTime = raw.planned.measuresTime
        // The rate behind the values as the record has them, so that both say the same.
        let sustained = StoppingRule.rate(
            work: 1, visits: raw.byVisit(values.map { isTime ? $0 : 1 / $0 }), end: raw.end)
        guard let order = OrderStatistics(values), let moments = Moments(values) else {
            preconditionFailure("a verified run has slices, and their times are finite")
        }
        var statistics = SampleSummary(
            n: values.count, min: order.minimum, max: order.maximum, mean: moments.mean, median: order.median,
            mad: order.medianAbsoluteDeviation, p05: order.quantile(0.05), p95: order.quantile(0.95))
        statistics.stddev = moments.standardDeviation
        statistics.cv = moments.coefficientOfVariation
        if let low = sustained.low {
            statistics.ciLow = isTime ? sustained.high.map { 1 / $0 } : low
            statistics.ciHigh = isTime ? 1 / low : sustained.high
            statistics.ciLevel = sustained.level
            statistics.ciMethod = sustained.methodName
        }
        run = verified
        rate = isTime ? 1 / sustained.rate : sustained.rate
        burst = isTime ? order.minimum : order.maximum
        self.statistics = statistics
        statedPeak = raw.statedPeak
        self.conditions = conditions
        let best = burst
        reasons = QualityReason.reasons(
            for: raw, interval: sustained, sustainedShare: isTime ? best / rate : rate / best,
            peakShare: statedPeak.map { best / $0 }, conditions: conditions, bimodal: raw.bimodality,
            levelChange: raw.levelChange)
        quality = reasons.map(\.severity).max() ?? .trusted
    }
}

extension PlannedMeasurement {
    /// Whether less is better: seconds instead of a rate.
    var measuresTime: Bool { unit == "s" }
}

extension RawRun {
    /// One value per slice in the measurement's unit, as the record has it: whole operations or bytes per second;
    /// times to the attosecond.
    var sampleValues: [Double] {
        let work = workPerSlice
        if planned.measuresTime { return slices.map { ($0.seconds / work * 1e18).rounded() / 1e18 } }
        return slices.map { (work / $0.seconds).rounded() }
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

extension RawRun {
    /// Two kinds of slices, and how far apart their rates are; a difference below `leastModeGap` changes no figure much.
    fileprivate var bimodality: (slowerShare: Double, ratio: Double)? {
        guard let found = Bimodality(slices.map(\.seconds)), found.low < Self.leastModeGap * found.high else {
            return nil
        }
        return (found.highWeight, found.low / found.high)
    }

    private static let leastModeGap = 0.97

    /// The clearest change for good. Between few visits none is told from the spread that visits have anyway, and that
    /// the interval is made of.
    fileprivate var levelChange: (ratio: Double, at: Double)? {
        let change = LevelChange.changes(in: slices.map(\.seconds), most: 1).first
        guard let change, abs(change.relativeChange) > Self.leastLevelChange else { return nil }
        var boundary = 0
        let near = max(1, slices.count / 20)
        let isBetweenVisits = visits.dropLast().contains { count in
            boundary += count
            return abs(boundary - change.position) <= near
        }
        guard !isBetweenVisits || visits.count >= StoppingRule.fewestVisits else { return nil }
        return (change.before / change.after, Double(change.position) / Double(slices.count))
    }

    private static let leastLevelChange = 0.03
}
