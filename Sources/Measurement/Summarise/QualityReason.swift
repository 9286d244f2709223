// QualityReason.swift: why a figure is less than trusted. Values, so that they are stored, compared and counted;
// each code has its cure.

import ComputeKernels
import MachineProbe
import Quantities
package import ResultRecord
import SampleStatistics

package enum QualityReason: Sendable, Hashable {
    /// The interval stayed wider than asked for.
    case intervalTooWide(halfWidth: Double, target: Double)
    case fewSamples(Int)
    /// The hypervisor ran other guests on our CPUs.
    case steal(Double)
    /// The control group's quota stopped the measured threads.
    case throttledByQuota(periods: Int)
    /// Sustained far below burst: something else ran on these CPUs, or the clock fell.
    case sustainedBelowBurst(fraction: Double)
    /// A register kernel's best slice far below the stated peak: the core is shared, or slower than its kind.
    case burstBelowPeak(fraction: Double)
    case memoryElsewhere(wanted: String, found: [Int])
    case fewerThreads(asked: Int, used: Int)
    /// The library starts its threads anew for each product.
    case workersNotBound
    case interrupted

    /// Steal above this share makes a figure untrusted; below half of it, it is not mentioned.
    static let stealLimit = 0.02
    /// A sustained rate below this share of the best slice is remarked on.
    static let sustainedLimit = 0.9

    /// Register kernels whose best slice stays below this share of the peak are remarked on.
    static let peakLimit = 0.9

    package var severity: Quality {
        switch self {
        case .intervalTooWide, .sustainedBelowBurst, .burstBelowPeak, .workersNotBound: .noisy
        case .steal(let ratio): ratio > Self.stealLimit ? .untrusted : .noisy
        case .fewSamples, .throttledByQuota, .memoryElsewhere, .fewerThreads, .interrupted: .untrusted
        }
    }

    /// As records store it.
    package var code: String {
        switch self {
        case .intervalTooWide: "interval-too-wide"
        case .fewSamples: "few-samples"
        case .steal: "steal"
        case .throttledByQuota: "throttled-by-quota"
        case .sustainedBelowBurst: "sustained-below-burst"
        case .burstBelowPeak: "burst-below-peak"
        case .memoryElsewhere: "memory-elsewhere"
        case .fewerThreads: "fewer-threads"
        case .workersNotBound: "workers-not-bound"
        case .interrupted: "interrupted"
        }
    }

    /// What happened, with figures.
    package var finding: String {
        switch self {
        case .intervalTooWide(let half, let target):
            "the interval is ±\(SIFormat.percent(half)), aimed at was ±\(SIFormat.percent(target))"
        case .fewSamples(let count): "only \(count) sample\(count == 1 ? "" : "s")"
        case .steal(let ratio): "the hypervisor took \(SIFormat.percent(ratio)) of the CPU time"
        case .throttledByQuota(let periods): "the CPU quota stopped the threads in \(periods) periods"
        case .sustainedBelowBurst(let fraction): "sustained is \(SIFormat.percent(fraction)) of the best slice"
        case .burstBelowPeak(let fraction):
            "the best slice is \(SIFormat.percent(fraction)) of the stated peak at the clock that was seen"
        case .memoryElsewhere(let wanted, let found):
            "memory was wanted at \(wanted) and found on node \(found.map(String.init).joined(separator: ", "))"
        case .fewerThreads(let asked, let used): "the library used \(used) of \(asked) threads"
        case .workersNotBound: "the library's threads could not be bound to a CPU each"
        case .interrupted: "stopped by a signal"
        }
    }

    /// What to do about a reason, by its code; nil for codes of other versions.
    package static func cure(code: String) -> String? {
        switch code {
        case "interval-too-wide", "few-samples": "give it a longer --duration, or a quieter machine"
        case "steal": "measure on a host without other guests, or with CPUs of its own"
        case "throttled-by-quota": "raise the CPU quota, or pass fewer --threads"
        case "sustained-below-burst": "see what else runs here (top), and whether the clock falls under load"
        case "burst-below-peak":
            "see whether another guest or hardware thread shares the core; if it stays so, compare with other nodes"
        case "memory-elsewhere": "free memory on the wanted node"
        case "fewer-threads": "see OPENBLAS_NUM_THREADS, and how the library was built"
        case "workers-not-bound": "use a library that keeps its threads (docs/blas.md)"
        case "interrupted": "run it again to the end"
        default: nil
        }
    }

    /// - Parameters:
    ///   - sustainedShare: How much of its best slice the measurement sustained.
    ///   - peakShare: How much of the stated peak its best slice reached; nil without one.
    static func reasons(
        for raw: RawRun, interval: SustainedRate, sustainedShare: Double, peakShare: Double?, conditions: Conditions
    ) -> [QualityReason] {
        var reasons: [QualityReason] = []
        let target = raw.planned.sampling.targetHalfWidth
        if raw.slices.count < raw.fewestSamples {
            reasons.append(.fewSamples(raw.slices.count))
        } else if let half = interval.relativeHalfWidth, half > target {
            reasons.append(.intervalTooWide(halfWidth: half, target: target))
        } else if interval.relativeHalfWidth == nil {
            reasons.append(.fewSamples(raw.slices.count))
        }
        if let steal = conditions.stealRatio, steal > stealLimit / 2 { reasons.append(.steal(steal)) }
        if let periods = conditions.throttledPeriods, periods > 0 {
            reasons.append(.throttledByQuota(periods: periods))
        }
        if sustainedShare < sustainedLimit { reasons.append(.sustainedBelowBurst(fraction: sustainedShare)) }
        if case .fma(let kernel) = raw.planned.kernel, kernel.statesReachablePeak, let peakShare,
            peakShare < peakLimit
        {
            reasons.append(.burstBelowPeak(fraction: peakShare))
        }
        let wanted = raw.planned.placement?.nodes ?? raw.planned.threadPlacements.flatMap(\.nodes)
        if let found = raw.memoryNodes, !wanted.isEmpty, !Set(found).isSubset(of: wanted) {
            reasons.append(.memoryElsewhere(wanted: raw.placementText, found: found))
        }
        if raw.threads < raw.planned.cpus.count {
            reasons.append(.fewerThreads(asked: raw.planned.cpus.count, used: raw.threads))
        }
        if !raw.workersBound { reasons.append(.workersNotBound) }
        if case .interrupted = raw.end { reasons.append(.interrupted) }
        return reasons
    }
}

extension RawRun {
    /// Fewer say little; a factorisation takes long enough to be content with three.
    fileprivate var fewestSamples: Int {
        if case .lu = planned.kernel { return 3 }
        return 5
    }
}
