// Conditions.swift: what the machine did around one measurement, in sums that add up over several visits to it.
// Ratios are computed from the sums; docs/quality.md says what is made of them.

/// What went on while one measurement was visited. A property is nil when this machine does not tell; `unknown` says why.
package struct Conditions: Sendable, Hashable {
    /// How often it was watched; 0 for no measurement at all, all else is nil or empty then.
    package var visits = 0
    /// Time that was watched, and the same times the number of CPUs in use.
    package var seconds = 0.0
    package var cpuSeconds = 0.0
    /// The CPUs in use, those of the whole machine, and other hardware threads of the cores in use.
    package var usedCPUs: CPUTicks?
    package var allCPUs: CPUTicks?
    package var siblings: CPUTicks?
    package var process: ProcessUsage?
    /// Interrupts on the CPUs in use by source, and soft interrupts.
    package var interrupts: [String: Int]?
    package var softInterrupts: Int?
    package var machineChecks: MachineChecks?
    /// Microseconds in which some task waited: for a CPU, for memory, and a task of our control group for a CPU.
    package var cpuPressure: Int?
    package var memoryPressure: Int?
    package var groupCPUPressure: Int?
    package var throttling: ThrottleCounters?
    /// Pages of the whole machine.
    package var swappedIn: Int?
    package var swappedOut: Int?
    package var migratedPages: Int?
    /// Events on the CPU that had most.
    package var throttleEvents: Int?
    package var celsiusMax: Double?
    package var clockSettings: ClockSettings?
    package var memoryErrors: MemoryErrors?
    package var energy: EnergyUse?
    /// Why something is nil, by the field of a record's `conditions` that it leaves null.
    package var unknown: [String: String] = [:]

    package init() {}

    /// Adds a later visit. What only one of the two knows is not known of both; the hottest reading is.
    package mutating func add(_ later: Conditions) {
        guard visits > 0, later.visits > 0 else {
            if visits == 0 { self = later }
            return
        }
        visits += later.visits
        seconds += later.seconds
        cpuSeconds += later.cpuSeconds
        join(\.usedCPUs, later, +)
        join(\.allCPUs, later, +)
        join(\.siblings, later, +)
        join(\.process, later, +)
        join(\.interrupts, later) { $0.merging($1, uniquingKeysWith: +) }
        join(\.softInterrupts, later, +)
        join(\.machineChecks, later, +)
        join(\.cpuPressure, later, +)
        join(\.memoryPressure, later, +)
        join(\.groupCPUPressure, later, +)
        join(\.throttling, later, +)
        join(\.swappedIn, later, +)
        join(\.swappedOut, later, +)
        join(\.migratedPages, later, +)
        join(\.throttleEvents, later, +)
        celsiusMax = [celsiusMax, later.celsiusMax].compactMap { $0 }.max()
        join(\.clockSettings, later, +)
        join(\.memoryErrors, later, +)
        join(\.energy, later, +)
        unknown.merge(later.unknown) { first, _ in first }
    }

    private mutating func join<Value>(
        _ path: WritableKeyPath<Conditions, Value?>, _ later: Conditions, _ sum: (Value, Value) -> Value
    ) {
        self[keyPath: path] = self[keyPath: path].flatMap { first in later[keyPath: path].map { sum(first, $0) } }
    }
}

extension Conditions {
    /// What the hypervisor took of the CPUs in use.
    package var steal: CPUTimeShare? { usedCPUs.flatMap { CPUTimeShare(Double($0.stolen), of: $0) } }

    package var machineSteal: CPUTimeShare? { allCPUs.flatMap { CPUTimeShare(Double($0.stolen), of: $0) } }

    /// What other processes took of the CPUs in use. A lower bound: what we did on other CPUs counts as done on these.
    package var competing: CPUTimeShare? {
        guard let usedCPUs, let process else { return nil }
        return CPUTimeShare(
            Double(usedCPUs.busy) - process.cpuSeconds * CPUTicks.perSecond, of: usedCPUs, sampled: usedCPUs.busy)
    }

    /// What other processes took of the other hardware threads of the cores in use.
    package var siblingLoad: CPUTimeShare? {
        guard let usedCPUs, let siblings, let process else { return nil }
        // What we did beyond what the CPUs in use were busy, we did elsewhere, and at worst there.
        let elsewhere = max(0, process.cpuSeconds * CPUTicks.perSecond - Double(usedCPUs.busy))
        return CPUTimeShare(Double(siblings.busy) - elsewhere, of: siblings, sampled: siblings.busy)
    }

    /// CPUs' worth of time that other processes took of the whole machine.
    package var otherBusyCPUs: Double? {
        guard let allCPUs, let process, allCPUs.total > 0, seconds > 0 else { return nil }
        return max(0, Double(allCPUs.busy) / CPUTicks.perSecond - process.cpuSeconds) / seconds
    }

    /// What interrupts took of the CPUs in use; kernels that do not account them see some by sampling only.
    package var interruptTime: CPUTimeShare? {
        usedCPUs.flatMap { CPUTimeShare(Double($0.interrupts), of: $0, sampled: $0.interrupts) }
    }

    /// Interrupts per second and CPU in use.
    package var interruptsPerSecond: Double? { perCPUSecond(interrupts.map { $0.values.reduce(0, +) }) }

    package var softInterruptsPerSecond: Double? { perCPUSecond(softInterrupts) }

    /// The source of most interrupts; nil when there were none.
    package var topInterrupt: String? {
        interrupts?.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    private func perCPUSecond(_ count: Int?) -> Double? {
        guard let count, cpuSeconds > 0 else { return nil }
        return Double(count) / cpuSeconds
    }
}
