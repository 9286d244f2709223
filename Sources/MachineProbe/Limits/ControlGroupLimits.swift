// ControlGroupLimits.swift: CPU set, CPU quota, memory limit and throttling of a process's control groups.
// A limit of any group above binds too, so the tightest on the way up is taken.

import ResultRecord

/// CPU time per period that a control group grants.
package struct CPUQuota: Sendable, Hashable {
    package let microseconds: Int
    /// > 0.
    package let periodMicroseconds: Int
    /// Directory of the group that sets it.
    package let directory: String

    /// CPUs' worth of time.
    package var cpus: Double { Double(microseconds) / Double(periodMicroseconds) }
}

/// How often a quota stopped a group, since the group was made.
package struct ThrottleCounters: Sendable, Hashable {
    package let periods: Int
    package let throttledPeriods: Int
    package let throttledMicroseconds: Int

    package init(periods: Int, throttledPeriods: Int, throttledMicroseconds: Int) {
        self.periods = periods
        self.throttledPeriods = throttledPeriods
        self.throttledMicroseconds = throttledMicroseconds
    }

    static func + (left: ThrottleCounters, right: ThrottleCounters) -> ThrottleCounters {
        ThrottleCounters(
            periods: left.periods + right.periods, throttledPeriods: left.throttledPeriods + right.throttledPeriods,
            throttledMicroseconds: left.throttledMicroseconds + right.throttledMicroseconds)
    }

    /// What was added since; a group whose quota came or went in between adds nothing.
    func since(_ earlier: ThrottleCounters) -> ThrottleCounters {
        ThrottleCounters(
            periods: max(0, periods - earlier.periods),
            throttledPeriods: max(0, throttledPeriods - earlier.throttledPeriods),
            throttledMicroseconds: max(0, throttledMicroseconds - earlier.throttledMicroseconds))
    }
}

extension ControlGroups {
    /// The CPUs of the process's group, as far as they are online.
    func cpusetCPUs() -> Finding<CPUSet> {
        nearestSet(v2: ["cpuset.cpus.effective"], v1: ["cpuset.effective_cpus", "cpuset.cpus"])
    }

    /// The memory nodes of the process's group.
    func cpusetMems() -> Finding<CPUSet> {
        nearestSet(v2: ["cpuset.mems.effective"], v1: ["cpuset.effective_mems", "cpuset.mems"])
    }

    /// In version 2 a group has these files only where its parent hands the controller on; otherwise the nearest
    /// group above that has them decides.
    private func nearestSet(v2: [String], v1: [String]) -> Finding<CPUSet> {
        switch hierarchy(of: "cpuset") {
        case .missing(let reason): return .missing(reason)
        case .found(let hierarchy):
            let names = hierarchy.version == 2 ? v2 : v1
            for directory in hierarchy.directories {
                for name in names {
                    if let text = files.word(at: "\(directory)/\(name)"), let set = CPUSet(list: text), !set.isEmpty {
                        return .found(set)
                    }
                }
            }
            return .missing("no \(names[0]) in \(hierarchy.directories[0]) or above: the cpuset controller is off")
        }
    }

    /// The tightest CPU quota on the way up.
    package func cpuQuota() -> Finding<CPUQuota> {
        switch hierarchy(of: "cpu") {
        case .missing(let reason): return .missing(reason)
        case .found(let hierarchy):
            let quotas = hierarchy.directories.compactMap { quota(in: $0, version: hierarchy.version) }
            return Finding(
                quotas.min { $0.cpus < $1.cpus },
                otherwise: "no quota is set in \(hierarchy.extent)")
        }
    }

    private func quota(in directory: String, version: Int) -> CPUQuota? {
        let microseconds: Int?
        let period: Int?
        if version == 2 {
            // `max 100000` without a quota.
            let fields = (files.trimmed(at: directory + "/cpu.max") ?? "").split(separator: " ")
            microseconds = fields.first.flatMap { Int($0) }
            period = fields.count > 1 ? Int(fields[1]) : nil
        } else {
            // −1 without a quota.
            microseconds = files.integer(at: directory + "/cpu.cfs_quota_us")
            period = files.integer(at: directory + "/cpu.cfs_period_us")
        }
        guard let microseconds, let period, microseconds > 0, period > 0 else { return nil }
        return CPUQuota(microseconds: microseconds, periodMicroseconds: period, directory: directory)
    }

    /// The tightest memory limit on the way up, in bytes.
    package func memoryLimit() -> Finding<Int> {
        switch hierarchy(of: "memory") {
        case .missing(let reason): return .missing(reason)
        case .found(let hierarchy):
            var limits = hierarchy.directories.compactMap { directory in
                files.integer(at: directory + (hierarchy.version == 2 ? "/memory.max" : "/memory.limit_in_bytes"))
            }
            // Version 1 also tells the limit of groups above the mount point, which cannot be seen themselves.
            if hierarchy.version == 1, let above = hierarchicalLimit(in: hierarchy.directories[0]) {
                limits.append(above)
            }
            return Finding(
                limits.filter { $0 < Self.unlimited }.min(),
                otherwise: "no memory limit is set in \(hierarchy.extent)")
        }
    }

    /// The least memory that a limit on the way up leaves, and the group that sets it; nil where nothing is limited.
    ///
    /// Pages of files count as left: the kernel drops them before it kills at a limit.
    func memoryLeft() -> (bytes: Int, directory: String)? {
        guard let hierarchy = hierarchy(of: "memory").value else { return nil }
        let isVersion2 = hierarchy.version == 2
        var left: [(bytes: Int, directory: String)] = []
        for directory in hierarchy.directories {
            var limits = [files.integer(at: directory + (isVersion2 ? "/memory.max" : "/memory.limit_in_bytes"))]
            // A limit above the mount point binds with a usage that cannot be seen; ours is the least it can be.
            if !isVersion2, directory == hierarchy.directories[0] { limits.append(hierarchicalLimit(in: directory)) }
            guard let limit = limits.compactMap({ $0 }).min(), limit < Self.unlimited else { continue }
            let usage = files.integer(at: directory + (isVersion2 ? "/memory.current" : "/memory.usage_in_bytes")) ?? 0
            let statistics = statistics(at: directory + "/memory.stat")
            // Only with this prefix does version 1 count the groups below, as its usage does.
            let prefix = isVersion2 ? "" : "total_"
            let filePages = ["active_file", "inactive_file"].reduce(0) { $0 + (statistics[prefix + $1] ?? 0) }
            left.append((max(0, limit - max(0, usage - filePages)), directory))
        }
        return left.min { $0.bytes < $1.bytes }
    }

    private func hierarchicalLimit(in directory: String) -> Int? {
        statistics(at: directory + "/memory.stat")["hierarchical_memory_limit"]
    }

    /// Version 1 writes "no limit" as the largest multiple of the page size below 2^63.
    private static let unlimited = 1 << 62

    /// The throttling counters of all groups with a quota on the way up, or of the process's own without any.
    ///
    /// The kernel counts where a quota is set, not in the groups below; several nested ones stop us in turn, an outer one
    /// also for what other groups in it used.
    package func throttleCounters() -> Finding<ThrottleCounters> {
        switch hierarchy(of: "cpu") {
        case .missing(let reason): return .missing(reason)
        case .found(let hierarchy):
            let limited = hierarchy.directories.filter { quota(in: $0, version: hierarchy.version) != nil }
            var sum = ThrottleCounters(periods: 0, throttledPeriods: 0, throttledMicroseconds: 0)
            for directory in limited.isEmpty ? [hierarchy.directories[0]] : limited {
                let path = directory + "/cpu.stat"
                let counters = statistics(at: path)
                guard let periods = counters["nr_periods"], let throttled = counters["nr_throttled"],
                    let time = counters["throttled_usec"] ?? counters["throttled_time"].map({ $0 / 1000 })
                else {
                    return .missing(
                        files.exists(path)
                            ? "\(path) counts no periods: the cpu controller is off" : files.whyUnread(path))
                }
                sum =
                    sum
                    + ThrottleCounters(
                        periods: periods, throttledPeriods: throttled, throttledMicroseconds: time)
            }
            return .found(sum)
        }
    }

    /// Lines of name and number.
    private func statistics(at path: String) -> [String: Int] {
        var counters: [String: Int] = [:]
        for line in (files.text(at: path) ?? "").split(separator: "\n") {
            if let (name, value) = line.keyAndValue(separator: " ") { counters[name] = Int(value) }
        }
        return counters
    }
}
