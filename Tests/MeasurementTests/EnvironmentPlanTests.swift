// EnvironmentPlanTests.swift: from made-up /sys, /proc and hwloc files up to the plan: which CPUs it takes, and why.

import MachineProbe
import Measurement
import ResultRecord
import TestSupport
import Testing

@Suite("Plans for what the environment leaves")
struct EnvironmentPlanTests {
    private func facts(_ environment: Environment, tree: MachineTree) throws -> PlanningFacts {
        let source: TopologySource
        switch environment.layout {
        case .synthetic(let text): source = .synthetic(text)
        case .cores(let topology):
            try tree.write(topology.xml, at: "/machine.xml")
            source = .xml(path: tree.root + "/machine.xml")
        }
        let probe = MachineProbe(
            files: FileTree(root: tree.root), topology: source, processor: ProcessorInterface(architecture: .other),
            environment: [:], affinity: environment.affinity)
        var machine = try probe.describe()
        machine.cpu.isa = ["sse2", "avx2", "fma"]
        machine.cpu.microarchitecture = "zen3"
        machine.memory.totalBytes = 64 << 30
        return PlanningFacts(machine: machine, usable: probe.usableCPUs(), clockHertz: 3e9)
    }

    @Test("take the CPUs that it leaves, group them as the machine is built, and say why", arguments: Environment.all)
    func plan(environment: Environment) throws {
        let tree = try MachineTree(environment.files)
        let facts = try facts(environment, tree: tree)
        var request = MeasurementRequest()
        request.tier = .thorough
        request.filter = "fma/f64/avx2/"
        request.duration = 10_000
        let plan = try Planner.plan(request, facts: facts, libraries: [])
        #expect(plan.cpus == environment.cpus)
        #expect(plan.usesWholeNode)
        let found = Dictionary(grouping: plan.measurements, by: \.scope).mapValues { $0.map(\.cpus) }
        #expect(found == environment.scopes)
        let notes = plan.notes.filter { !$0.hasPrefix("shares of peak") }
        #expect(notes.count == environment.notes.count, "\(notes)")
        for (note, expected) in zip(notes, environment.notes) { #expect(note.contains(expected)) }
        guard let memory = environment.memory else { return }
        request.filter = "stream-triad/f64/avx2/node"
        request.levels = [.dram]
        let streams = try Planner.plan(request, facts: facts, libraries: []).measurements
        #expect(streams.map(\.threadPlacements) == [memory.map { MemoryPlacement.bind(node: $0) }])
    }

    @Test("the per-core map of a hybrid machine has the cores of both kinds, and no share of a peak")
    func hybridMap() throws {
        let environment = try #require(Environment.all.first { $0.name.hasPrefix("fast cores") })
        let tree = try MachineTree(environment.files)
        var request = MeasurementRequest()
        request.filter = "fma/f64/avx2/core"
        request.maps = [.perCore]
        let plan = try Planner.plan(request, facts: facts(environment, tree: tree), libraries: [])
        #expect(plan.measurements.filter { $0.map == .perCore }.map(\.cpus) == environment.cpus.map { [$0] })
        #expect(plan.measurements.allSatisfy { $0.peakPerCycle == nil })
        #expect(plan.peakUnknown == "the cores are of different kinds")
    }
}
