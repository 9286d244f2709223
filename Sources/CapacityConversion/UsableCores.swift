// UsableCores.swift: how many physical cores a record's process was allowed to keep busy.
// Read from the record alone, by the rule that the planner gives threads by: one per core, no more than the quota grants.

import ResultRecord

enum UsableCores {
    /// Cores with at least one allowed CPU, and at most as many as the quota can keep busy.
    ///
    /// CPUs are allowed by affinity and cpuset together. Without either, without a list of cores, or where the two number
    /// CPUs differently, all physical cores are taken; the quota is applied in each case.
    ///
    /// - Returns: ≥ 1, or nil when the record does not say how many cores there are.
    static func count(of machine: MachineDescription) -> Int? {
        guard let cores = allowed(machine) ?? machine.topology.cores, cores > 0 else { return nil }
        guard let effective = machine.limits.effectiveCPUs, effective.isFinite else { return cores }
        // Compared as Double: a record may hold a number that no Int can.
        return Int(min(Double(cores), max(1, effective.rounded(.down))))
    }

    /// Cores with an allowed CPU; nil when the record does not tell, or none has one.
    private static func allowed(_ machine: MachineDescription) -> Int? {
        let sets = [machine.limits.affinityCPUs, machine.limits.cpusetCPUs]
            .compactMap { $0 }.compactMap { CPUSet(list: $0) }.filter { !$0.isEmpty }
        guard var cpus = sets.first else { return nil }
        for other in sets.dropFirst() {
            // Disjoint sets are two numberings of the same CPUs; UsableCPUs in MachineProbe explains where they come from.
            let both = cpus.intersection(other)
            if !both.isEmpty { cpus = both }
        }
        let count = machine.topology.coreList.count { !Set($0.cpus).isDisjoint(with: cpus.numbers) }
        return count > 0 ? count : nil
    }
}
