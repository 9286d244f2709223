// MeasurementRequest.swift: what the user asked for, and what this process may use.

package import MachineProbe
package import ResultRecord

/// The options of a run that bear on the plan.
package struct MeasurementRequest: Sendable, Hashable {
    package var tier = Tier.standard
    /// Regular expressions over result names; nil selects the defaults and skips nothing.
    package var filter: String?
    package var skip: String?
    /// Threads of scope node; nil means one per physical core that we may use.
    package var threads: Int?
    package var cpus: CPUSet?
    package var numaNode: Int?
    package var seed = 0
    /// Seconds for the whole plan; nil means the tier's.
    package var duration: Double?

    package init() {}
}

/// The machine as the planner sees it.
package struct PlanningFacts: Sendable {
    package var machine: MachineDescription
    package var usable: UsableCPUs
    /// The name that results of the BLAS library carry, `openblas`.
    package var blasVariant: String
    /// A first look at the running clock, in hertz; only time estimates depend on it.
    package var clockHertz: Double

    package init(machine: MachineDescription, usable: UsableCPUs, blasVariant: String, clockHertz: Double) {
        self.machine = machine
        self.usable = usable
        self.blasVariant = blasVariant
        self.clockHertz = clockHertz
    }

    /// Bytes that matrices may fill: a quarter of what the machine or the control group allows.
    package var matrixBytes: Double {
        // Without either figure a gibibyte is assumed, which every server has.
        let total = [machine.memory.totalBytes, machine.limits.memoryMaxBytes].compactMap { $0 }.min() ?? 4 << 30
        return Double(total) / 4
    }
}
