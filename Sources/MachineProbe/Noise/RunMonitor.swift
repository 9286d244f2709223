// RunMonitor.swift: what disturbed one run: the counters at its end against those at its start.

package import ResultRecord

/// Watches the machine over one run without running itself: it reads counters twice.
package struct RunMonitor: Sendable {
    private let files: FileTree
    private let groups: ControlGroups
    private let noiseAtStart: NoiseCounters
    private let throttleAtStart: Finding<ThrottleCounters>

    /// Reads the counters; call it right before the run.
    package init(files: FileTree = .live) {
        self.files = files
        groups = ControlGroups(files: files)
        noiseAtStart = NoiseCounters(files)
        throttleAtStart = groups.throttleCounters()
    }

    /// What happened since the start. Can be called again later, for the time until then.
    ///
    /// Load, runnable threads and pressure are those of the end, as the kernel keeps them as running averages or
    /// moments; stolen time, context switches and throttling are differences.
    package func finish() -> RunConditions {
        var unknown = UnknownFields()
        let noise = NoiseDescription(now: NoiseCounters(files), since: noiseAtStart, &unknown)
        var delta = ThrottleDelta()
        switch (throttleAtStart, groups.throttleCounters()) {
        case (.found(let start), .found(let end)):
            delta.periods = end.periods - start.periods
            delta.throttledPeriods = end.throttledPeriods - start.throttledPeriods
            delta.throttledMicroseconds = end.throttledMicroseconds - start.throttledMicroseconds
        case (.missing(let reason), _), (_, .missing(let reason)):
            for field in ["nr_periods", "nr_throttled", "throttled_us"] {
                unknown.note("throttle_delta.\(field)", reason)
            }
        }
        return RunConditions(noise: noise, throttle: delta, unknown: unknown.reasons)
    }
}

/// Disturbance and throttling over one run.
package struct RunConditions: Sendable, Hashable {
    package let noise: NoiseDescription
    package let throttle: ThrottleDelta
    /// Why a field of either is nil, by path in the record (`noise.…`, `throttle_delta.…`).
    package let unknown: [String: String]
}
