// QualityReason.swift: why a figure is less than trusted. Values, so that they are stored, compared and counted;
// QualityReason+Text.swift words them, QualityReason+Rules.swift says when each is given.

package import MachineProbe
package import ResultRecord

package enum QualityReason: Sendable, Hashable {
    // What the samples show.
    /// The interval stayed wider than asked for.
    case intervalTooWide(halfWidth: Double, target: Double)
    case fewSamples(Int)
    /// Two kinds of samples: `slowerShare` of them belong to the slower kind, whose rate is `ratio` of the faster one's.
    case bimodal(slowerShare: Double, ratio: Double)
    /// The rate changed for good: to `ratio` of what it was, after the share `at` of the samples.
    case levelChanged(ratio: Double, at: Double)
    /// Sustained far below burst: something else ran on these CPUs, or the clock fell.
    case sustainedBelowBurst(fraction: Double)
    /// A register kernel's best slice far below the stated peak: the core is shared, or slower than its kind.
    case burstBelowPeak(fraction: Double)
    /// A library's best product far below the stated peak: its kernels were made for another processor, most often.
    case libraryBelowPeak(fraction: Double, kernels: String?)
    /// The clock behind the slices moved by this share of its highest.
    case clockMoved(share: Double)

    // Who else was there.
    /// The hypervisor ran other guests on our CPUs.
    case steal(CPUTimeShare)
    /// Other processes ran on our CPUs.
    case competingLoad(CPUTimeShare)
    /// Other processes ran on other hardware threads of our cores.
    case siblingBusy(CPUTimeShare)
    /// Interrupts on our CPUs: their share of the time, or their number a second and CPU.
    case interrupts(timeShare: Double?, perSecond: Double?, source: String?)
    case swap(pages: Int, majorFaults: Int)
    case numaBalancing(pages: Int)

    // What held the machine back.
    /// The control group's quota stopped the measured threads.
    case throttledByQuota(periods: Int)
    case thermalThrottling(events: Int, celsiusMax: Double?)
    case governorNotPerformance(found: [String])
    /// The clock may not go higher than this share of what the CPU can do.
    case clockLimited(share: Double)

    // What is broken.
    case memoryErrorsCorrected(count: Int, modules: [String])
    case memoryErrorsUncorrected(count: Int, modules: [String])
    case machineChecks(MachineChecks)

    // Where and how the work ran.
    case memoryElsewhere(wanted: String, found: [Int])
    case fewerThreads(asked: Int, used: Int)
    /// The library starts its threads anew for each product.
    case workersNotBound
    case interrupted

    package var severity: Quality {
        switch self {
        case .intervalTooWide, .bimodal, .levelChanged, .sustainedBelowBurst, .burstBelowPeak, .clockMoved: .noisy
        case .interrupts, .numaBalancing, .thermalThrottling, .governorNotPerformance, .clockLimited: .noisy
        case .memoryErrorsCorrected, .workersNotBound: .noisy
        case .steal(let share), .competingLoad(let share):
            share.atLeast > QualityLimits.stolenUntrusted ? .untrusted : .noisy
        case .siblingBusy(let share): share.atLeast > QualityLimits.siblingUntrusted ? .untrusted : .noisy
        // Pages of ours that came back from a disk took milliseconds each.
        case .swap(_, let majorFaults): majorFaults > 0 ? .untrusted : .noisy
        // A threshold of corrected errors is no more than those; the others were not corrected.
        case .machineChecks(let found): found.exceptions + found.deferred > 0 ? .untrusted : .noisy
        // It speaks of the library and not of the processor that somebody judges by it.
        case .libraryBelowPeak: .untrusted
        case .fewSamples, .throttledByQuota, .memoryErrorsUncorrected: .untrusted
        case .memoryElsewhere, .fewerThreads, .interrupted: .untrusted
        }
    }

    /// As records store it.
    package var code: String {
        switch self {
        case .intervalTooWide: "interval-too-wide"
        case .fewSamples: "few-samples"
        case .bimodal: "bimodal"
        case .levelChanged: "level-changed"
        case .sustainedBelowBurst: "sustained-below-burst"
        case .burstBelowPeak: "burst-below-peak"
        case .libraryBelowPeak: "library-below-peak"
        case .clockMoved: "clock-moved"
        case .steal: "steal"
        case .competingLoad: "competing-load"
        case .siblingBusy: "sibling-busy"
        case .interrupts: "interrupts"
        case .swap: "swap"
        case .numaBalancing: "numa-balancing"
        case .throttledByQuota: "throttled-by-quota"
        case .thermalThrottling: "thermal-throttling"
        case .governorNotPerformance: "governor-not-performance"
        case .clockLimited: "clock-limited"
        case .memoryErrorsCorrected: "memory-errors-corrected"
        case .memoryErrorsUncorrected: "memory-errors-uncorrected"
        case .machineChecks: "machine-checks"
        case .memoryElsewhere: "memory-elsewhere"
        case .fewerThreads: "fewer-threads"
        case .workersNotBound: "workers-not-bound"
        case .interrupted: "interrupted"
        }
    }
}
