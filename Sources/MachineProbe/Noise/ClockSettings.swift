// ClockSettings.swift: what the frequency driver is told to do on the CPUs in use.
// scaling_cur_freq is not read: some kernels sleep 10 ms a CPU for it, and the clock is timed behind each slice anyway.

/// Governor and upper limit of the clock, over some CPUs.
package struct ClockSettings: Sendable, Hashable {
    /// Distinct ones, sorted.
    package var governors: [String]
    /// The governors that may leave a busy CPU below its highest clock, sorted; empty when none does.
    package var restraining: [String]
    /// The lowest limit on a CPU's clock over the highest clock of that CPU; nil where the driver names neither.
    package var limitShare: Double?

    package init(governors: [String], restraining: [String], limitShare: Double?) {
        self.governors = governors
        self.restraining = restraining
        self.limitShare = limitShare
    }

    static func read(_ files: FileTree, on cpus: [Int]) -> Finding<ClockSettings> {
        guard !cpus.isEmpty else { return .missing("no CPU is in use") }
        var governors: Set<String> = []
        var restraining: Set<String> = []
        var limitShare: Double?
        for cpu in cpus {
            let directory = "/sys/devices/system/cpu/cpu\(cpu)/cpufreq"
            guard let governor = files.word(at: directory + "/scaling_governor") else {
                return .missing(
                    files.whyUnread(directory + "/scaling_governor")
                        + ": the hypervisor or driver gives no frequency control")
            }
            governors.insert(governor)
            // Drivers that leave the clock to the processor call it powersave, and have a preference beside it.
            if governor != "performance",
                files.word(at: directory + "/energy_performance_preference") != "performance"
            {
                restraining.insert(governor)
            }
            if let limit = files.integer(at: directory + "/scaling_max_freq"),
                let highest = files.integer(at: directory + "/cpuinfo_max_freq"), limit > 0, highest > 0
            {
                limitShare = min(limitShare ?? 1, Double(limit) / Double(highest))
            }
        }
        return .found(
            ClockSettings(
                governors: governors.sorted(), restraining: restraining.sorted(), limitShare: limitShare))
    }

    static func + (left: ClockSettings, right: ClockSettings) -> ClockSettings {
        ClockSettings(
            governors: Set(left.governors + right.governors).sorted(),
            restraining: Set(left.restraining + right.restraining).sorted(),
            limitShare: [left.limitShare, right.limitShare].compactMap { $0 }.min())
    }
}
