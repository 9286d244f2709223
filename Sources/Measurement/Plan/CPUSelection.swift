// CPUSelection.swift: which logical CPUs the measured threads get.

import MachineProbe
import ResultRecord

/// The CPUs of scope node, in the order of the threads.
struct CPUSelection {
    let cpus: [Int]
    /// Whether these are as many as all the cores that this process may use.
    let usesWholeNode: Bool
    /// The groups of narrower scopes, and of those with all hardware threads.
    let scopes: ScopeGroups
    let notes: [String]

    /// Chooses one CPU per physical core first, and siblings only when more threads than cores were asked for:
    /// two measured threads on one core share its execution units.
    init(request: MeasurementRequest, facts: PlanningFacts) throws {
        let allowed = facts.usable.cpus
        var candidates = allowed
        if let asked = request.cpus {
            guard !asked.isEmpty else { throw PlanError.noCPUs }
            if let outside = asked.subtracting(allowed).numbers.first {
                throw PlanError.cpuNotAllowed(outside, allowed: allowed, reason: facts.usable.reason)
            }
            candidates = asked
        }
        let cores = facts.machine.topology.coreList
        if let node = request.numaNode {
            let present = facts.numaNodes
            guard present.contains(node) else { throw PlanError.noSuchNUMANode(node, present: present) }
            let local = CPUSet(cores.filter { $0.numaNode == node }.flatMap(\.cpus))
            candidates = candidates.intersection(local)
            guard !candidates.isEmpty else { throw PlanError.numaNodeWithoutCPUs(node, allowed: allowed) }
        }
        var notes: [String] = []
        let perCore = cores.map { $0.cpus.filter(candidates.contains) }.filter { !$0.isEmpty }
        let depth = perCore.map(\.count).max() ?? 0
        let ordered = (0..<depth).flatMap { level in perCore.compactMap { level < $0.count ? $0[level] : nil } }
        let wanted: Int
        if let asked = request.threads {
            guard asked > 0 else { throw PlanError.threadsNotPositive(asked) }
            guard asked <= ordered.count else {
                throw PlanError.tooManyThreads(asked: asked, available: CPUSet(ordered))
            }
            wanted = asked
            if asked > facts.usable.threadLimit {
                notes.append("\(asked) threads exceed the CPU quota (\(facts.usable.reason)): expect throttling")
            }
            if asked > perCore.count {
                notes.append("\(asked) threads on \(perCore.count) cores share execution units (SMT)")
            }
        } else {
            wanted = min(perCore.count, facts.usable.threadLimit)
            if wanted < perCore.count {
                notes.append("\(wanted) of \(perCore.count) cores are used: \(facts.usable.reason)")
            }
        }
        guard wanted > 0, !ordered.isEmpty else { throw PlanError.noCPUs }
        cpus = Array(ordered.prefix(wanted))
        let allowedCores = cores.count { $0.cpus.contains(where: allowed.contains) }
        usesWholeNode = wanted >= min(allowedCores, facts.usable.threadLimit)
        // With --threads the count was chosen; under a quota more threads only mean more throttling.
        let withSiblings = request.threads == nil && candidates.count <= facts.usable.threadLimit
        scopes = ScopeGroups(selection: cpus, siblings: withSiblings ? candidates : [], cores: cores)
        if let kinds = Self.kindsNote(scopes, topology: facts.machine.topology) { notes.append(kinds) }
        self.notes = notes + Self.isolationNotes(cpus, request: request, facts: facts)
    }

    /// Which scopes add up cores of different kinds; nil where none does.
    private static func kindsNote(_ scopes: ScopeGroups, topology: TopologyDescription) -> String? {
        let mixed = scopes.mixed
        guard !mixed.isEmpty else { return nil }
        let kinds = topology.coreTypes.enumerated().map { kind, name in
            "\(name) (CPUs \(CPUSet(topology.coreList.filter { $0.kind == kind }.flatMap(\.cpus))))"
        }
        return "cores of different kinds together at scope \(mixed.map(\.rawValue).joined(separator: ", ")): "
            + kinds.joined(separator: ", ")
    }

    /// The kernel keeps other work away from isolated CPUs and leaves them out of the affinity that processes start
    /// with; on those that were granted it moves no thread to another one.
    private static func isolationNotes(_ cpus: [Int], request: MeasurementRequest, facts: PlanningFacts) -> [String] {
        let topology = facts.machine.topology
        guard let isolated = topology.isolated.flatMap({ CPUSet(list: $0) }), !isolated.isEmpty else { return [] }
        var notes: [String] = []
        let used = isolated.intersection(CPUSet(cpus))
        if !used.isEmpty {
            notes.append("CPUs \(used) are isolated: quiet, but threads that cannot be bound stay where they start")
        }
        let others = isolated.intersection(CPUSet(topology.coreList.flatMap(\.cpus))).subtracting(facts.usable.cpus)
        if request.cpus == nil, request.numaNode == nil, !others.isEmpty {
            notes.append(
                "CPUs \(others) are isolated and not used; to measure them, start with taskset --cpu-list \(others)")
        }
        return notes
    }
}
