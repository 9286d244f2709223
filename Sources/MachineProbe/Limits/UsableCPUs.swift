// UsableCPUs.swift: which CPUs this process may run on, and how much of their time it gets.
// A quota is not a CPU set: a process may run on 64 CPUs and still get the time of two, so both are read.

package import ResultRecord

/// The CPUs that a measurement may use.
package struct UsableCPUs: Sendable, Hashable {
    /// Affinity ∩ cpuset ∩ online; empty only when none of the three can be read.
    package let cpus: CPUSet
    /// CPUs' worth of time that the tightest quota grants; nil without one.
    package let quotaCPUs: Double?
    /// Which of the three sets made `cpus` what it is, and which quota binds, for people.
    package let reason: String

    /// How many threads can run at once without being throttled: at least 1 where there is a CPU.
    package var threadLimit: Int {
        guard let quotaCPUs else { return cpus.count }
        return min(cpus.count, max(1, Int(quotaCPUs.rounded(.down))))
    }

    /// CPUs' worth of time: the CPUs' number, or the quota when that is less; nil when nothing could be read.
    package var effectiveCPUs: Double? {
        cpus.isEmpty ? nil : min(Double(cpus.count), quotaCPUs ?? .infinity)
    }

    /// CPUs that are known already.
    package init(cpus: CPUSet, quotaCPUs: Double?, reason: String) {
        self.cpus = cpus
        self.quotaCPUs = quotaCPUs
        self.reason = reason
    }

    /// - Parameters:
    ///   - affinity: The process's affinity mask; nil when it could not be read.
    ///   - process: `self`, or the id of the process whose control groups count.
    package init(files: FileTree, affinity: CPUSet?, process: String = "self") {
        let groups = ControlGroups(files: files, process: process)
        var online = Self.online(files)
        // The kernel reports no affinity to CPUs that are offline. Where it seems to, and the online ones count from 0,
        // they are lxcfs's numbers for the container's CPUs.
        if let all = online, let affinity, !affinity.subtracting(all).isEmpty, all == CPUSet(0..<all.count) {
            online = nil
        }
        let sources: [(name: String, cpus: CPUSet?)] = [
            ("affinity", affinity), ("cgroup cpuset", groups.cpusetCPUs().value), ("online", online),
        ]
        var usable: CPUSet?
        var limiting: [String] = []
        for source in sources {
            guard let cpus = source.cpus, !cpus.isEmpty else { continue }
            guard let before = usable else {
                usable = cpus
                limiting = [source.name]
                continue
            }
            let both = before.intersection(cpus)
            // Disjoint sets are two numberings, not a contradiction: lxcfs renumbers the online CPUs of a container
            // from 0, while affinity and cpuset keep the host's numbers. The kernel schedules by the latter.
            if !both.isEmpty, both != before {
                usable = both
                limiting.append(source.name)
            }
        }
        cpus = usable ?? []
        let quota = groups.cpuQuota().value
        quotaCPUs = quota?.cpus
        let noun = cpus.count == 1 ? "CPU" : "CPUs"
        let sets =
            limiting.isEmpty ? "no CPU set could be read" : "\(noun) \(cpus) by \(limiting.joined(separator: ", "))"
        reason =
            sets
            + (quota.map { "; \($0.microseconds) of every \($0.periodMicroseconds) µs by the quota of \($0.directory)" }
                ?? "; no quota")
    }

    static func online(_ files: FileTree) -> CPUSet? {
        files.word(at: "/sys/devices/system/cpu/online").flatMap { CPUSet(list: $0) }
    }
}

/// The CPUs that the kernel lets this process bind threads to, whatever their affinity is now.
package struct BindableCPUs: Sendable, Hashable {
    /// What ends the list, as an error text names it.
    package enum Limit: String, Sendable, Hashable {
        case cpuset = "cgroup cpuset"
        case online = "no others are online"
    }

    package let cpus: CPUSet
    package let limit: Limit

    /// Nil when neither the cpuset nor the online CPUs can be read.
    package init?(files: FileTree) {
        let online = UsableCPUs.online(files)
        guard let cpuset = ControlGroups(files: files).cpusetCPUs().value else {
            guard let online, !online.isEmpty else { return nil }
            (cpus, limit) = (online, .online)
            return
        }
        let both = online.map { cpuset.intersection($0) } ?? []
        // Disjoint sets are two numberings, as `UsableCPUs` has it; the kernel's is that of the cpuset.
        cpus = both.isEmpty ? cpuset : both
        // A cpuset with all that is online, as the root group has, is not what limits.
        limit = cpus == online ? .online : .cpuset
    }

    static var live: BindableCPUs? { BindableCPUs(files: .live) }
}

extension MachineProbe {
    func describeLimits(_ unknown: inout UnknownFields) -> LimitsDescription {
        let groups = ControlGroups(files: files)
        let usable = usableCPUs()
        var limits = LimitsDescription()
        limits.affinityCPUs = unknown.take(
            "limits.affinity_cpus", affinity?.description, otherwise: "sched_getaffinity failed")
        limits.cpusetCPUs = unknown.take("limits.cpuset_cpus", groups.cpusetCPUs().map(\.description))
        limits.cpusetMems = unknown.take("limits.cpuset_mems", groups.cpusetMems().map(\.description))
        limits.cgroupVersion = unknown.take(
            "limits.cgroup_version", groups.version, otherwise: files.whyUnread("/proc/self/cgroup"))
        let quota = groups.cpuQuota()
        limits.cpuMaxQuotaMicroseconds = unknown.take("limits.cpu_max_quota_us", quota.map(\.microseconds))
        limits.cpuMaxPeriodMicroseconds = unknown.take("limits.cpu_max_period_us", quota.map(\.periodMicroseconds))
        limits.effectiveCPUs = unknown.take("limits.effective_cpus", usable.effectiveCPUs, otherwise: usable.reason)
        limits.memoryMaxBytes = unknown.take("limits.mem_max_bytes", groups.memoryLimit())
        return limits
    }
}
