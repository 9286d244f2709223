// ResultConditions.swift: what the machine did around one measurement, or over the whole run.

/// Disturbance on the CPUs that a measurement used, over all visits to it, its warm-up and checks included.
///
/// Ratios are shares of those CPUs' time. A field is nil when this machine does not tell; the record's `unknown` says
/// why, under `results.conditions.…` or `observed.conditions.…`.
public struct ResultConditions: Sendable, Hashable, Codable {
    /// Time that was watched, and in how many visits.
    public var watchedSeconds: Double
    public var visits: Int
    /// Taken by the hypervisor: of the CPUs in use, and of the whole machine.
    @OrNull public var stealRatio: Double?
    @OrNull public var machineStealRatio: Double?
    /// Taken by other processes, at least; and of the other hardware threads of the cores in use.
    @OrNull public var competingRatio: Double?
    @OrNull public var siblingBusyRatio: Double?
    /// CPUs' worth of time that other processes took of the whole machine.
    @OrNull public var otherBusyCPUs: Double?
    @OrNull public var interruptTimeRatio: Double?
    /// Per CPU in use.
    @OrNull public var interruptsPerSecond: Double?
    @OrNull public var softInterruptsPerSecond: Double?
    /// Device or kind of the most frequent interrupt.
    @OrNull public var topInterrupt: String?
    /// Of this process.
    @OrNull public var voluntaryContextSwitches: Int?
    @OrNull public var involuntaryContextSwitches: Int?
    @OrNull public var majorFaults: Int?
    /// Microseconds in which some task waited: for a CPU, for memory, one of our control group for a CPU.
    @OrNull public var psiCPUSomeMicroseconds: Int?
    @OrNull public var psiMemorySomeMicroseconds: Int?
    @OrNull public var psiGroupCPUSomeMicroseconds: Int?
    /// By the control group's quota.
    @OrNull public var throttledPeriods: Int?
    @OrNull public var throttledMicroseconds: Int?
    /// Of the whole machine, in and out.
    @OrNull public var swapPages: Int?
    /// Moved by NUMA balancing, on the whole machine.
    @OrNull public var numaPagesMigrated: Int?
    /// Thermal, on the CPU that had most.
    @OrNull public var throttleEvents: Int?
    @OrNull public var temperatureCelsiusMax: Double?
    /// Frequency governors of the CPUs in use, joined by commas.
    @OrNull public var governor: String?
    /// Lowest upper limit of a clock over the highest clock of that CPU.
    @OrNull public var clockLimitRatio: Double?
    /// How far the clock seen behind the slices moved, over its highest (docs/quality.md).
    @OrNull public var clockMovedRatio: Double?
    @OrNull public var memoryErrorsCorrected: Int?
    @OrNull public var memoryErrorsUncorrected: Int?
    /// Interrupts that report a machine check.
    @OrNull public var machineChecks: Int?
    @OrNull public var energy: ResultEnergy?

    public init(watchedSeconds: Double, visits: Int) {
        self.watchedSeconds = watchedSeconds
        self.visits = visits
    }

    enum CodingKeys: String, CodingKey {
        case visits, governor, energy
        case watchedSeconds = "watched_seconds"
        case stealRatio = "steal_ratio"
        case machineStealRatio = "machine_steal_ratio"
        case competingRatio = "competing_ratio"
        case siblingBusyRatio = "sibling_busy_ratio"
        case otherBusyCPUs = "other_busy_cpus"
        case interruptTimeRatio = "interrupt_time_ratio"
        case interruptsPerSecond = "interrupts_per_second"
        case softInterruptsPerSecond = "soft_interrupts_per_second"
        case topInterrupt = "top_interrupt"
        case voluntaryContextSwitches = "ctx_switches_voluntary"
        case involuntaryContextSwitches = "ctx_switches_involuntary"
        case majorFaults = "major_faults"
        case psiCPUSomeMicroseconds = "psi_cpu_some_us"
        case psiMemorySomeMicroseconds = "psi_memory_some_us"
        case psiGroupCPUSomeMicroseconds = "psi_group_cpu_some_us"
        case throttledPeriods = "nr_throttled"
        case throttledMicroseconds = "throttled_us"
        case swapPages = "swap_pages"
        case numaPagesMigrated = "numa_pages_migrated"
        case throttleEvents = "throttle_events"
        case temperatureCelsiusMax = "temp_c_max"
        case clockLimitRatio = "clock_limit_ratio"
        case clockMovedRatio = "clock_moved_ratio"
        case memoryErrorsCorrected = "memory_errors_corrected"
        case memoryErrorsUncorrected = "memory_errors_uncorrected"
        case machineChecks = "machine_checks"
    }
}

/// Energy of all processor packages, whatever ran on them, over the visits to one measurement.
public struct ResultEnergy: Sendable, Hashable, Codable {
    public var joules: Double
    /// Of the memory, which `joules` leaves out.
    @OrNull public var memoryJoules: Double?
    /// The time that both cover.
    public var seconds: Double
    /// The result's rate over the mean power of the packages, in its unit per watt; nil unless nine tenths of the
    /// time were timed slices, since the power of other work would count against the rate.
    @OrNull public var ratePerWatt: Double?

    public init(joules: Double, memoryJoules: Double?, seconds: Double, ratePerWatt: Double? = nil) {
        self.joules = joules
        self.seconds = seconds
        self.memoryJoules = memoryJoules
        self.ratePerWatt = ratePerWatt
    }

    enum CodingKeys: String, CodingKey {
        case joules, seconds
        case memoryJoules = "memory_joules"
        case ratePerWatt = "rate_per_watt"
    }
}
