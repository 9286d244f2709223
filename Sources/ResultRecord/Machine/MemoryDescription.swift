// MemoryDescription.swift: memory, power settings, limits on this process, and the noise around it.

public struct MemoryDescription: Sendable, Hashable, Codable {
    @OrNull public var totalBytes: Int?
    /// By ascending NUMA node number; may differ in sum from `totalBytes`, which leaves out what the kernel keeps.
    @OrNull public var perNUMABytes: [Int]?
    /// Huge pages reserved, by page size in bytes (`"2097152": 0`).
    @OrNull public var hugepages: [String: Int]?
    /// Transparent huge pages: `always`, `madvise` or `never`.
    @OrNull public var thp: String?
    @OrNull public var numaBalancing: Bool?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case hugepages, thp
        case totalBytes = "total_bytes"
        case perNUMABytes = "per_numa_bytes"
        case numaBalancing = "numa_balancing"
    }
}

public struct PowerDescription: Sendable, Hashable, Codable {
    @OrNull public var governor: String?
    @OrNull public var driver: String?
    /// Energy performance preference.
    @OrNull public var epp: String?
    @OrNull public var turbo: Bool?
    @OrNull public var minHertz: Double?
    @OrNull public var maxHertz: Double?
    @OrNull public var energyJoules: Double?
    @OrNull public var energySource: String?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case governor, driver, epp, turbo
        case minHertz = "min_hz"
        case maxHertz = "max_hz"
        case energyJoules = "energy_joules"
        case energySource = "energy_source"
    }
}

/// What this process may use: the affinity mask, the control group's CPU set and quota, its memory limit.
public struct LimitsDescription: Sendable, Hashable, Codable {
    /// CPU list of sched_getaffinity.
    @OrNull public var affinityCPUs: String?
    @OrNull public var cpusetCPUs: String?
    @OrNull public var cpusetMems: String?
    /// 1, 2, or nil without control groups. A hybrid mount counts by the hierarchy that holds the cpu controller.
    @OrNull public var cgroupVersion: Int?
    /// Microseconds of CPU time per period, the tightest up the hierarchy; nil when unlimited.
    @OrNull public var cpuMaxQuotaMicroseconds: Int?
    @OrNull public var cpuMaxPeriodMicroseconds: Int?
    /// CPUs' worth of time this process can use: the allowed CPUs, or quota / period when that is less.
    @OrNull public var effectiveCPUs: Double?
    /// The control group's memory limit in bytes, the tightest up the hierarchy; nil when unlimited.
    @OrNull public var memoryMaxBytes: Int?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case affinityCPUs = "affinity_cpus"
        case cpusetCPUs = "cpuset_cpus"
        case cpusetMems = "cpuset_mems"
        case cgroupVersion = "cgroup_version"
        case cpuMaxQuotaMicroseconds = "cpu_max_quota_us"
        case cpuMaxPeriodMicroseconds = "cpu_max_period_us"
        case effectiveCPUs = "effective_cpus"
        case memoryMaxBytes = "mem_max_bytes"
    }
}

/// Disturbance: in `suanli info` as it stands, in a record over the whole run.
public struct NoiseDescription: Sendable, Hashable, Codable {
    @OrNull public var load1: Double?
    /// Runnable threads at the time of the probe, this one included.
    @OrNull public var runnable: Int?
    /// Share of the machine's CPU time that the hypervisor gave to others; since boot in `suanli info`.
    @OrNull public var stealRatio: Double?
    @OrNull public var voluntaryContextSwitches: Int?
    @OrNull public var involuntaryContextSwitches: Int?
    /// Per cent of the last ten seconds in which some task waited for a CPU.
    @OrNull public var psiCPUSomeAverage10: Double?
    /// Coefficient of variation of an A/A run, once one was made.
    @OrNull public var aaCV: Double?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case load1, runnable
        case stealRatio = "steal_ratio"
        case voluntaryContextSwitches = "ctx_switches_voluntary"
        case involuntaryContextSwitches = "ctx_switches_involuntary"
        case psiCPUSomeAverage10 = "psi_cpu_some_avg10"
        case aaCV = "aa_cv"
    }
}
