// RunMonitor.swift: what disturbed a run, around each measurement and as a whole.

import CLinux
package import ResultRecord

/// Watches the machine without running itself: it reads counters at the start and at the end.
package struct RunMonitor: Sendable {
    private let sources: ConditionSources
    private let noiseAtStart: NoiseCounters
    private let throttleAtStart: Finding<ThrottleCounters>
    private let wholeRun: ConditionWatch

    /// Reads the counters; call it right before the run.
    ///
    /// - Parameters:
    ///   - cpus: All CPUs that the run will use; those that are online when nil.
    ///   - usage: What this process used so far.
    ///   - clock: Nanoseconds of a clock that never goes back.
    package init(
        files: FileTree = .live, cpus: [Int]? = nil, usage: @escaping @Sendable () -> ProcessUsage? = ProcessUsage.now,
        clock: @escaping @Sendable () -> UInt64 = { sl_monotonic_ns() }
    ) {
        sources = ConditionSources(files: files, usage: usage, clock: clock)
        noiseAtStart = NoiseCounters(files)
        throttleAtStart = sources.groups.throttleCounters()
        wholeRun = ConditionWatch(
            sources, cpus: cpus ?? UsableCPUs.online(files)?.numbers ?? [], countsInterrupts: true)
    }

    /// Starts watching one measurement.
    ///
    /// - Parameter cpus: The CPUs it uses, by the kernel's numbers, which are those of affinity masks.
    /// - Complexity: About twenty small files and five for each CPU; 0.2 ms on two CPUs (docs/quality.md).
    package func watch(cpus: [Int]) -> ConditionWatch {
        ConditionWatch(sources, cpus: cpus, countsInterrupts: sources.countsInterrupts)
    }

    /// What happened since the start. Can be called again later, for the time until then.
    ///
    /// Load, runnable threads and average pressure are those of the end, as the kernel keeps them as running averages
    /// or moments; everything else is a difference.
    package func finish() -> RunConditions {
        let conditions = wholeRun.finish()
        var unknown = UnknownFields()
        let noise = NoiseDescription(now: NoiseCounters(sources.files), since: noiseAtStart, &unknown)
        var delta = ThrottleDelta()
        switch (throttleAtStart, sources.groups.throttleCounters()) {
        case (.found(let start), .found(let end)):
            let between = end.since(start)
            delta.periods = between.periods
            delta.throttledPeriods = between.throttledPeriods
            delta.throttledMicroseconds = between.throttledMicroseconds
        case (.missing(let reason), _), (_, .missing(let reason)):
            for field in ["nr_periods", "nr_throttled", "throttled_us"] {
                unknown.note("throttle_delta.\(field)", reason)
            }
        }
        return RunConditions(
            noise: noise, throttle: delta, conditions: conditions,
            energySource: conditions.energy == nil ? nil : sources.energy.source.value, unknown: unknown.reasons)
    }
}

/// Disturbance over one run.
package struct RunConditions: Sendable, Hashable {
    package let noise: NoiseDescription
    package let throttle: ThrottleDelta
    /// On all CPUs that the run used, the time between measurements included.
    package let conditions: Conditions
    /// What counted its energy: `rapl` or `amd_energy`; nil where nothing did.
    package let energySource: String?
    /// Why a field of the first two is nil, by path in the record (`noise.…`, `throttle_delta.…`).
    package let unknown: [String: String]
}
