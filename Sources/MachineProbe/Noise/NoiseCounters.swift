// NoiseCounters.swift: what disturbs a measurement, as the kernel counts it at one moment.

import Glibc
import ResultRecord

/// One reading of the counters; differences of two say what happened between them.
struct NoiseCounters: Sendable {
    let load1: Finding<Double>
    let runnable: Finding<Int>
    /// Ticks of all CPUs since boot.
    let cpuTime: Finding<CPUTime>
    /// Switches of this process since it began.
    let voluntarySwitches: Finding<Int>
    let involuntarySwitches: Finding<Int>
    let psiSomeAverage10: Finding<Double>

    struct CPUTime: Sendable, Hashable {
        let steal: Int
        /// All states, idle and steal included.
        let total: Int
    }

    init(_ files: FileTree) {
        // `0.60 0.37 0.30 2/345 6450`: averages, runnable/all threads, last pid.
        let load = (files.text(at: "/proc/loadavg") ?? "").split(separator: " ")
        let noLoad = files.whyUnread("/proc/loadavg")
        load1 = Finding(load.first.flatMap { Double($0) }, otherwise: noLoad)
        let threads = load.count > 3 ? load[3].split(separator: "/").first.flatMap { Int($0) } : nil
        runnable = Finding(threads, otherwise: noLoad)
        cpuTime = Self.cpuTime(files)
        var usage = rusage()
        let counted = getrusage(RUSAGE_SELF.rawValue, &usage) == 0
        voluntarySwitches = Finding(counted ? Int(usage.ru_nvcsw) : nil, otherwise: "getrusage failed")
        involuntarySwitches = Finding(counted ? Int(usage.ru_nivcsw) : nil, otherwise: "getrusage failed")
        psiSomeAverage10 = Self.pressure(files)
    }

    private static func cpuTime(_ files: FileTree) -> Finding<CPUTime> {
        let path = "/proc/stat"
        guard let line = files.text(at: path)?.split(separator: "\n").first, line.hasPrefix("cpu ") else {
            return .missing(files.whyUnread(path))
        }
        // user nice system idle iowait irq softirq steal; guest time, which follows, is part of user already.
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Int($0) }
        guard ticks.count == 8 else { return .missing("\(path) has no column for stolen time") }
        return .found(CPUTime(steal: ticks[7], total: ticks.reduce(0, +)))
    }

    private static func pressure(_ files: FileTree) -> Finding<Double> {
        let path = "/proc/pressure/cpu"
        // `some avg10=12.92 avg60=3.22 avg300=2.68 total=42759719`
        let fields = (files.text(at: path) ?? "").split(separator: "\n").first { $0.hasPrefix("some ") } ?? ""
        let value = fields.split(separator: " ").first { $0.hasPrefix("avg10=") }.flatMap { Double($0.dropFirst(6)) }
        return Finding(value, otherwise: files.whyUnread(path) + ": the kernel counts no pressure (boot with psi=1)")
    }

    /// Share of CPU time stolen between an earlier reading (nil: boot) and this one.
    func stealRatio(since earlier: NoiseCounters?) -> Finding<Double> {
        let start: Finding<CPUTime> = earlier?.cpuTime ?? .found(CPUTime(steal: 0, total: 0))
        switch (start, cpuTime) {
        case (.missing(let reason), _), (_, .missing(let reason)): return .missing(reason)
        case (.found(let start), .found(let end)):
            let total = end.total - start.total
            guard total > 0 else { return .missing("no tick of the kernel's clock passed between the readings") }
            // The kernel may take back idle or stolen ticks by a few; a negative share means none.
            return .found(max(0, Double(end.steal - start.steal) / Double(total)))
        }
    }
}

extension MachineProbe {
    func describeNoise(_ unknown: inout UnknownFields) -> NoiseDescription {
        NoiseDescription(now: NoiseCounters(files), since: nil, &unknown)
    }
}

extension NoiseDescription {
    /// - Parameter earlier: The reading at the start of the run; nil counts from boot and from the process's start.
    init(now: NoiseCounters, since earlier: NoiseCounters?, _ unknown: inout UnknownFields) {
        self.init()
        load1 = unknown.take("noise.load1", now.load1)
        runnable = unknown.take("noise.runnable", now.runnable)
        stealRatio = unknown.take("noise.steal_ratio", now.stealRatio(since: earlier))
        let voluntary = unknown.take("noise.ctx_switches_voluntary", now.voluntarySwitches)
        voluntaryContextSwitches = voluntary.map { $0 - (earlier?.voluntarySwitches.value ?? 0) }
        let involuntary = unknown.take("noise.ctx_switches_involuntary", now.involuntarySwitches)
        involuntaryContextSwitches = involuntary.map { $0 - (earlier?.involuntarySwitches.value ?? 0) }
        psiCPUSomeAverage10 = unknown.take("noise.psi_cpu_some_avg10", now.psiSomeAverage10)
        unknown.note("noise.aa_cv", "no A/A run was made")
    }
}
