// QualityReason+Text.swift: each reason in words: what happened, with figures, and what to do about it.

import MachineProbe
import Quantities

extension QualityReason {
    /// What happened, with figures.
    package var finding: String {
        switch self {
        case .intervalTooWide(let half, let target):
            "the interval is ±\(SIFormat.percent(half)), aimed at was ±\(SIFormat.percent(target))"
        case .fewSamples(let count): "only \(Self.counted(count, "sample"))"
        case .bimodal(let slower, let ratio):
            "samples of two kinds: \(SIFormat.percent(slower)) reach \(SIFormat.percent(ratio)) of the others' rate"
        case .levelChanged(let ratio, let at):
            "after \(SIFormat.percent(at)) of the samples the rate changed to \(SIFormat.percent(ratio))"
        case .sustainedBelowBurst(let fraction): "sustained is \(SIFormat.percent(fraction)) of the best slice"
        case .burstBelowPeak(let fraction):
            "the best slice is \(SIFormat.percent(fraction)) of the stated peak at the clock that was seen"
        case .libraryBelowPeak(let fraction, let kernels):
            "the best product is \(SIFormat.percent(fraction)) of the stated peak"
                + (kernels.map { ", with the library's kernels for \($0)" } ?? "")
        case .clockMoved(let share): "the clock moved by \(SIFormat.percent(share))"
        case .steal(let share): "the hypervisor took \(SIFormat.percent(share.ratio)) of the CPU time"
        case .competingLoad(let share): "other processes took \(SIFormat.percent(share.ratio)) of the CPU time"
        case .siblingBusy(let share):
            "other processes kept the cores' other hardware threads busy \(SIFormat.percent(share.ratio)) of the time"
        case .interrupts(let share, let perSecond, let source):
            [
                share.map { "interrupts took \(SIFormat.percent($0)) of the CPU time" },
                perSecond.map { "\(SIFormat.fixed($0, decimals: 0)) interrupts a second and CPU" },
                source.map { "most of \($0)" },
            ].compactMap { $0 }.joined(separator: ", ")
        case .swap(let pages, let faults):
            "\(Self.counted(pages, "page")) swapped"
                + (faults > 0 ? ", \(Self.counted(faults, "page")) of this process read from disk" : "")
        case .numaBalancing(let pages): "NUMA balancing moved \(Self.counted(pages, "page"))"
        case .throttledByQuota(let periods):
            "the CPU quota stopped the threads in \(Self.counted(periods, "period"))"
        case .thermalThrottling(let events, let celsius):
            "heat slowed the processor, \(Self.counted(events, "event"))"
                + (celsius.map { ", up to \(SIFormat.fixed($0, decimals: 0)) °C" } ?? "")
        case .governorNotPerformance(let found): "the frequency governor is \(found.joined(separator: ", "))"
        case .clockLimited(let share): "the clock is limited to \(SIFormat.percent(share)) of its highest"
        case .memoryErrorsCorrected(let count, let modules):
            Self.counted(count, "memory error") + " corrected" + Self.located(modules)
        case .memoryErrorsUncorrected(let count, let modules):
            Self.counted(count, "memory error") + " not corrected" + Self.located(modules)
        case .machineChecks(let found):
            "machine checks: \(found.exceptions) not corrected, \(found.deferred) deferred, "
                + "\(found.thresholds) thresholds of corrected errors"
        case .memoryElsewhere(let wanted, let found):
            "memory was wanted at \(wanted) and found on node \(found.map(String.init).joined(separator: ", "))"
        case .fewerThreads(let asked, let used): "the library used \(used) of \(asked) threads"
        case .workersNotBound: "the library's threads could not be bound to a CPU each"
        case .interrupted: "stopped by a signal"
        }
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private static func located(_ modules: [String]) -> String {
        modules.isEmpty ? "" : " in \(modules.joined(separator: ", "))"
    }

    /// What to do about a reason, by its code; nil for codes of other versions.
    package static func cure(code: String) -> String? { cures[code] }

    private static let cures = [
        "interval-too-wide": "give it a longer --duration, or a quieter machine",
        "few-samples": "give it a longer --duration, or a quieter machine",
        "bimodal": "look for what comes and goes: another load, a clock with two steps, a CPU that changes cores",
        "level-changed": "see what started or ended meanwhile, and whether heat or a power limit lowered the clock",
        "sustained-below-burst": "see what else runs here (top), and whether the clock falls under load",
        "burst-below-peak":
            "see whether another guest or hardware thread shares the core; if it stays so, compare with other nodes",
        "library-below-peak":
            "the library may not know this processor: take a newer one (--blas), or name its kernels (OPENBLAS_CORETYPE; "
            + "docs/blas.md)",
        "clock-moved": "see what else runs here and on the host, the governor, power limits and cooling",
        "steal": "measure on a host without other guests, or with CPUs of its own",
        "competing-load": "end or move what else runs here (top), or pass --cpus with CPUs that are free",
        "sibling-busy": "move what runs on the other hardware threads of these cores, or take the whole core",
        "interrupts": "move the device's interrupts to other CPUs (/proc/irq/*/smp_affinity_list), or pass --cpus",
        "swap": "free memory, or measure smaller matrices (--n)",
        "numa-balancing": "turn it off while measuring: sysctl kernel.numa_balancing=0",
        "throttled-by-quota": "raise the CPU quota, or pass fewer --threads",
        "thermal-throttling": "see to the cooling: fans, air flow, heat sinks; compare with its neighbours",
        "governor-not-performance": "cpupower frequency-set -g performance",
        "clock-limited": "cpupower frequency-set -u with the highest clock, unless the limit is meant",
        "memory-errors-corrected": "have the module replaced when it happens again (ras-mc-ctl --errors)",
        "memory-errors-uncorrected": "take the node out of service and have the memory module replaced",
        "machine-checks":
            "read the kernel's log (rasdaemon, journalctl -k); take the node out of service if it goes on",
        "memory-elsewhere": "free memory on the wanted node",
        "fewer-threads": "see OPENBLAS_NUM_THREADS, and how the library was built",
        "workers-not-bound": "use a library that keeps its threads (docs/blas.md)",
        "interrupted": "run it again to the end",
    ]
}
