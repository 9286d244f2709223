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
    /// Orders of the matrices; nil means the tier's.
    package var orders: [Int]?
    /// Levels of the memory hierarchy for streams and latency; nil means the tier's.
    package var levels: Set<WorkingSet.Level>?
    /// Surveys of the machine; nil means the tier's.
    package var maps: Set<MachineMap>?
    package var seed = 0
    /// Seconds for the whole plan; nil means the tier's.
    package var duration: Double?

    package init() {}
}

/// A BLAS library as the planner sees it.
package struct PlanningLibrary: Sendable, Hashable {
    /// The name that its results carry, `openblas`.
    package var variant: String
    /// Why it does no products; nil when it does.
    package var unavailability: String?
    /// Why it factorises no matrices; nil when it does.
    package var factorisationUnavailability: String?

    package init(variant: String, unavailability: String? = nil, factorisationUnavailability: String? = nil) {
        self.variant = variant
        self.unavailability = unavailability
        self.factorisationUnavailability = factorisationUnavailability
    }
}

/// The machine as the planner sees it.
package struct PlanningFacts: Sendable {
    package var machine: MachineDescription
    package var usable: UsableCPUs
    /// A first look at the running clock, in hertz; only time estimates depend on it.
    package var clockHertz: Double

    package init(machine: MachineDescription, usable: UsableCPUs, clockHertz: Double) {
        self.machine = machine
        self.usable = usable
        self.clockHertz = clockHertz
    }

    /// Bytes that matrices and arrays may fill: a quarter of what the machine or the control group allows.
    package var dataBytes: Double {
        // Without either figure a gibibyte is assumed, which every server has.
        let total = [machine.memory.totalBytes, machine.limits.memoryMaxBytes].compactMap { $0 }.min() ?? 4 << 30
        return Double(total) / 4
    }

    /// The NUMA nodes with memory, by the machine's own account, that the cpuset lets us use; empty where nobody tells.
    var memoryNodes: [Int] {
        let sizes = machine.memory.perNUMABytes ?? []
        var nodes = numaNodes
        if sizes.count == nodes.count { nodes = zip(nodes, sizes).filter { $0.1 > 0 }.map(\.0) }
        guard let allowed = machine.limits.cpusetMems.flatMap({ CPUSet(list: $0) }) else { return nodes }
        let ours = nodes.filter(allowed.contains)
        // A cpuset of other numbers than the machine's says nothing about it.
        return ours.isEmpty ? nodes : ours
    }

    /// Numbers of the nodes, ascending; those without CPUs are known by their memory only.
    var numaNodes: [Int] {
        let withCPUs = Set(machine.topology.coreList.compactMap(\.numaNode))
        let count = max(machine.topology.numaNodes ?? 0, machine.memory.perNUMABytes?.count ?? 0)
        // Numbers have gaps only where nodes are offline; then those with CPUs are all that is known.
        guard let last = withCPUs.max(), last < count else { return withCPUs.sorted() }
        return Array(0..<count)
    }

    /// Where memory is nearest to a CPU: its own node, or the closest one when that has no memory.
    func nearestMemory(to cpu: Int) -> MemoryPlacement {
        guard let node = machine.topology.coreList.first(where: { $0.cpus.contains(cpu) })?.numaNode else {
            return .unbound
        }
        let nodes = memoryNodes
        if nodes.contains(node) || nodes.isEmpty { return .bind(node: node) }
        let all = numaNodes
        guard let distances = machine.topology.numaDistance, let row = all.firstIndex(of: node),
            row < distances.count
        else { return .bind(node: nodes[0]) }
        let nearest = nodes.min { a, b in
            distance(distances[row], all, a) < distance(distances[row], all, b)
        }
        return .bind(node: nearest ?? nodes[0])
    }

    private func distance(_ row: [Int], _ all: [Int], _ node: Int) -> Int {
        all.firstIndex(of: node).flatMap { $0 < row.count ? row[$0] : nil } ?? Int.max
    }
}
