// QualityReason+Rules.swift: which reasons a measurement gives, from its samples and from what went on around it.

import ComputeKernels
package import MachineProbe
import ResultRecord
package import SampleStatistics

extension QualityReason {
    /// - Parameters:
    ///   - sustainedShare: How much of its best slice the measurement sustained.
    ///   - peakShare: How much of the stated peak its best slice reached; nil without one.
    ///   - bimodal: Where the samples were found to be of two kinds: how many are of the slower one, and its rate over the
    ///     faster one's.
    ///   - levelChange: Where the rate was found to change for good: the new one over the old one, and after which share
    ///     of the samples.
    package static func reasons(
        for raw: RawRun, interval: SustainedRate, sustainedShare: Double, peakShare: Double?, conditions: Conditions,
        bimodal: (slowerShare: Double, ratio: Double)? = nil, levelChange: (ratio: Double, at: Double)? = nil
    ) -> [QualityReason] {
        var reasons = ofSamples(raw, interval: interval)
        if let bimodal { reasons.append(.bimodal(slowerShare: bimodal.slowerShare, ratio: bimodal.ratio)) }
        if let levelChange { reasons.append(.levelChanged(ratio: levelChange.ratio, at: levelChange.at)) }
        if sustainedShare < QualityLimits.sustained { reasons.append(.sustainedBelowBurst(fraction: sustainedShare)) }
        if case .fma(let kernel) = raw.planned.kernel, kernel.statesReachablePeak, let peakShare,
            peakShare < QualityLimits.peak
        {
            reasons.append(.burstBelowPeak(fraction: peakShare))
        }
        if case .gemm(.library) = raw.planned.kernel, let order = raw.planned.order, order >= QualityLimits.largeOrder,
            let peakShare, peakShare < QualityLimits.libraryPeak
        {
            reasons.append(.libraryBelowPeak(fraction: peakShare, kernels: raw.blasCore))
        }
        if let moved = ClockMovement.share(raw.clocks), moved > QualityLimits.clockMoved {
            reasons.append(.clockMoved(share: moved))
        }
        reasons += ofConditions(conditions)
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

    /// What went on around a measurement, whatever its samples say.
    static func ofConditions(_ conditions: Conditions) -> [QualityReason] {
        ofOthers(conditions) + ofLimits(conditions) + ofDefects(conditions)
    }

    private static func ofSamples(_ raw: RawRun, interval: SustainedRate) -> [QualityReason] {
        let target = raw.planned.sampling.targetHalfWidth
        guard raw.slices.count >= raw.fewestSamples, let half = interval.relativeHalfWidth else {
            return [.fewSamples(raw.slices.count)]
        }
        return half > target ? [.intervalTooWide(halfWidth: half, target: target)] : []
    }

    private static func ofOthers(_ conditions: Conditions) -> [QualityReason] {
        var reasons: [QualityReason] = []
        if let share = conditions.steal, share.atLeast > QualityLimits.stolen { reasons.append(.steal(share)) }
        if let share = conditions.competing, share.atLeast > QualityLimits.stolen {
            reasons.append(.competingLoad(share))
        }
        if let share = conditions.siblingLoad, share.atLeast > QualityLimits.sibling {
            reasons.append(.siblingBusy(share))
        }
        let time = conditions.interruptTime
        let rate = conditions.interruptsPerSecond
        if (time?.atLeast ?? 0) > QualityLimits.interruptTime || (rate ?? 0) > QualityLimits.interruptRate {
            reasons.append(
                .interrupts(timeShare: time?.ratio, perSecond: rate, source: conditions.topInterrupt))
        }
        if let pagesIn = conditions.swappedIn, let pagesOut = conditions.swappedOut {
            // A fault that had to read means our own memory only while something came in from swap; else it is a file's.
            let faults = pagesIn > 0 ? conditions.process?.majorFaults ?? 0 : 0
            if faults > 0 || perSecond(pagesIn + pagesOut, conditions) > QualityLimits.swappedPages {
                reasons.append(.swap(pages: pagesIn + pagesOut, majorFaults: faults))
            }
        }
        if let pages = conditions.migratedPages, perSecond(pages, conditions) > QualityLimits.migratedPages {
            reasons.append(.numaBalancing(pages: pages))
        }
        return reasons
    }

    private static func ofLimits(_ conditions: Conditions) -> [QualityReason] {
        var reasons: [QualityReason] = []
        if let periods = conditions.throttling?.throttledPeriods, periods > 0 {
            reasons.append(.throttledByQuota(periods: periods))
        }
        if let events = conditions.throttleEvents, events > 0 {
            reasons.append(.thermalThrottling(events: events, celsiusMax: conditions.celsiusMax))
        }
        if let found = conditions.clockSettings?.restraining, !found.isEmpty {
            reasons.append(.governorNotPerformance(found: found))
        }
        if let share = conditions.clockSettings?.limitShare, share < QualityLimits.clockLimit {
            reasons.append(.clockLimited(share: share))
        }
        return reasons
    }

    private static func ofDefects(_ conditions: Conditions) -> [QualityReason] {
        var reasons: [QualityReason] = []
        if let errors = conditions.memoryErrors {
            if errors.uncorrected > 0 {
                reasons.append(.memoryErrorsUncorrected(count: errors.uncorrected, modules: errors.modules))
            }
            if errors.corrected > 0 {
                reasons.append(.memoryErrorsCorrected(count: errors.corrected, modules: errors.modules))
            }
        }
        if let found = conditions.machineChecks, found.total > 0 { reasons.append(.machineChecks(found)) }
        return reasons
    }

    private static func perSecond(_ count: Int, _ conditions: Conditions) -> Double {
        conditions.seconds > 0 ? Double(count) / conditions.seconds : 0
    }
}

extension RawRun {
    /// Fewer say little; a factorisation takes long enough to be content with three.
    fileprivate var fewestSamples: Int {
        if case .lu = planned.kernel { return 3 }
        return 5
    }
}
