// ProcessUsage.swift: what this process used of the machine, as the kernel accounts it.

import Glibc

package struct ProcessUsage: Sendable, Hashable {
    /// User and system time of all threads, ended ones included.
    package var cpuSeconds: Double
    package var voluntarySwitches: Int
    package var involuntarySwitches: Int
    /// Pages that had to be read from a disk.
    package var majorFaults: Int

    package init(cpuSeconds: Double, voluntarySwitches: Int, involuntarySwitches: Int, majorFaults: Int) {
        self.cpuSeconds = cpuSeconds
        self.voluntarySwitches = voluntarySwitches
        self.involuntarySwitches = involuntarySwitches
        self.majorFaults = majorFaults
    }

    /// Since the process began; nil when the kernel does not say.
    package static func now() -> ProcessUsage? {
        var usage = rusage()
        guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return nil }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return ProcessUsage(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), voluntarySwitches: Int(usage.ru_nvcsw),
            involuntarySwitches: Int(usage.ru_nivcsw), majorFaults: Int(usage.ru_majflt))
    }

    static func + (left: ProcessUsage, right: ProcessUsage) -> ProcessUsage {
        ProcessUsage(
            cpuSeconds: left.cpuSeconds + right.cpuSeconds,
            voluntarySwitches: left.voluntarySwitches + right.voluntarySwitches,
            involuntarySwitches: left.involuntarySwitches + right.involuntarySwitches,
            majorFaults: left.majorFaults + right.majorFaults)
    }

    func since(_ earlier: ProcessUsage) -> ProcessUsage {
        ProcessUsage(
            cpuSeconds: max(0, cpuSeconds - earlier.cpuSeconds),
            voluntarySwitches: voluntarySwitches - earlier.voluntarySwitches,
            involuntarySwitches: involuntarySwitches - earlier.involuntarySwitches,
            majorFaults: majorFaults - earlier.majorFaults)
    }
}
