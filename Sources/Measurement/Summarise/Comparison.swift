// Comparison.swift: ratios of measurements that were sampled in turn.

package import ResultRecord
import SampleStatistics

extension ComparisonRecord {
    /// Compares what was sampled in turn with the first of them: a library where there is one, else our own product.
    ///
    /// Each pair is two turns of one round, of one slice or a few, so that whatever the machine did met both.
    package static func comparisons(of outcomes: [MeasurementOutcome]) -> [ComparisonRecord] {
        let runs = outcomes.compactMap { outcome -> RawRun? in
            if case .verified(let verified, _) = outcome { verified.run } else { nil }
        }
        let groups = Dictionary(grouping: runs.filter { $0.planned.interleaving != nil }) {
            $0.planned.interleaving ?? 0
        }
        return groups.sorted { $0.key < $1.key }.flatMap { _, rivals -> [ComparisonRecord] in
            guard let baseline = rivals.first else { return [] }
            return rivals.dropFirst().compactMap { ComparisonRecord($0, baseline: baseline) }
        }
    }

    private init?(_ run: RawRun, baseline: RawRun) {
        let theirs = baseline.ratesByRound
        let ratios = run.ratesByRound.sorted { $0.key < $1.key }.compactMap { round, rate in
            theirs[round].map { rate / $0 }
        }
        guard let interval = MedianInterval(ratios) else { return nil }
        self.init(
            name: run.planned.name, baseline: baseline.planned.name, n: run.planned.order, ratio: interval.median,
            method: MedianInterval.methodName, pairs: ratios.count)
        ciLow = interval.low
        ciHigh = interval.high
        ciLevel = interval.low == nil ? nil : interval.level
    }
}

extension RawRun {
    /// Work over time of each round's slices.
    fileprivate var ratesByRound: [Int: Double] {
        Dictionary(grouping: slices, by: \.round).mapValues { slices in
            workPerSlice * Double(slices.count) / CompensatedSum(slices.map(\.seconds)).value
        }
    }
}
