// RecordValidation.swift: what must hold in every record, whoever wrote it: numbers that can exist, and rates that
// follow from their own samples.

import FoundationEssentials
import SampleStatistics

extension ResultRecord {
    /// How far above the stated peak a rate may lie before it is called impossible: the clock that gave the peak is
    /// itself measured. The same limit as gate G2 (docs/capacity.md).
    public static let peakAllowance = 1.02

    /// The first value that cannot be right, in the order of the record; nil when there is none.
    public var firstImpossibleValue: ImpossibleValue? {
        func fault(_ path: String, _ value: Double?, _ rule: String) -> ImpossibleValue {
            ImpossibleValue(path: path, value: value.map { "\($0)" } ?? "null", rule: rule)
        }
        if !(durationSeconds >= 0 && durationSeconds.isFinite) {
            return fault("duration_seconds", durationSeconds, "a duration must be ≥ 0")
        }
        guard let start = Self.date(startedAt) else {
            return ImpossibleValue(path: "started_at", value: startedAt, rule: "it must be RFC 3339 in UTC")
        }
        guard let end = Self.date(endedAt) else {
            return ImpossibleValue(path: "ended_at", value: endedAt, rule: "it must be RFC 3339 in UTC")
        }
        if end < start {
            return ImpossibleValue(path: "ended_at", value: endedAt, rule: "the run started at \(startedAt)")
        }
        for (index, result) in results.enumerated() {
            let path = "results[\(index)] (\(result.name))."
            for (name, value) in [("rate", result.rate), ("burst", result.burst)] {
                guard let value else { continue }
                guard value > 0, value.isFinite else { return fault(path + name, value, "a rate must be > 0") }
                if result.status != .ok {
                    return fault(path + name, value, "a result that is not ok has no rate")
                }
            }
            // Not the burst: its best sample may have had a clock that no probe met.
            if let rate = result.rate, let peak = result.theoreticalPeak, rate > peak * Self.peakAllowance {
                return fault(path + "rate", rate, "the stated peak is \(peak): more than 2 % above it")
            }
            for (position, sample) in result.samples.enumerated() {
                guard sample.value > 0, sample.value.isFinite else {
                    return fault(path + "samples[\(position)].value", sample.value, "a rate must be > 0")
                }
                for (name, seconds) in [
                    ("start_seconds", sample.startSeconds), ("cpu_seconds", sample.cpuSeconds ?? 0),
                ]
                where !(seconds >= 0) {
                    return fault(path + "samples[\(position)].\(name)", seconds, "a time must be ≥ 0")
                }
            }
            if result.params.threads < 1 {
                return fault(path + "params.threads", Double(result.params.threads), "work takes a thread")
            }
            if let flop = result.flopPerIteration, !(flop >= 0) {
                return fault(path + "flop_per_iteration", flop, "work must be ≥ 0")
            }
            if let fault = result.inconsistency(path: path) { return fault }
        }
        return nil
    }

    private static func date(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}

extension ResultEntry {
    /// An ok result states nothing that its samples and checks do not give again.
    fileprivate func inconsistency(path: String) -> ImpossibleValue? {
        guard status == .ok else { return nil }
        guard let rate, let burst, !samples.isEmpty else {
            return ImpossibleValue(path: path + "rate", value: "null", rule: "status ok needs a rate and its samples")
        }
        guard !checks.isEmpty, checks.allSatisfy(\.passed) else {
            return ImpossibleValue(
                path: path + "checks", value: "not all passed", rule: "status ok needs passed checks")
        }
        // All samples do the same work, so the sustained rate is the harmonic mean of their rates, and a sustained
        // time the mean of their times. Samples are rounded to the last digit, hence the allowance.
        let isTime = unit == "s"
        let mean = CompensatedSum(samples.map { isTime ? $0.value : 1 / $0.value }).value / Double(samples.count)
        let again = isTime ? mean : 1 / mean
        if abs(again - rate) > 1e-6 * rate {
            return ImpossibleValue(path: path + "rate", value: "\(rate)", rule: "its samples give \(again)")
        }
        if let visits, visits.reduce(0, +) != samples.count {
            return ImpossibleValue(
                path: path + "visits", value: "\(visits)", rule: "there are \(samples.count) samples")
        }
        let best = (isTime ? samples.map(\.value).min() : samples.map(\.value).max()) ?? 0
        if abs(best - burst) > 1e-6 * burst {
            return ImpossibleValue(path: path + "burst", value: "\(burst)", rule: "its best sample is \(best)")
        }
        return nil
    }
}
