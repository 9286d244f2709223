// PlannerTests.swift: what is planned on machines that need not exist.

import ComputeKernels
import MachineProbe
import Measurement
import ResultRecord
import Testing

/// Two sockets with two cores each and two threads per core: CPUs 0-3 first threads, 4-7 their siblings.
private func facts(
    usable: CPUSet = CPUSet(0..<8), quota: Double? = nil, memoryBytes: Int = 64 << 30
) throws -> PlanningFacts {
    var machine = MachineDescription()
    machine.cpu.isa = ["sse2", "avx2", "fma"]
    machine.cpu.microarchitecture = "zen3"
    machine.topology.cores = 4
    machine.memory.totalBytes = memoryBytes
    machine.topology.coreList = (0..<4).map {
        CoreDescription(socket: $0 / 2, numaNode: $0 / 2, l3Group: $0 / 2, cpus: [$0, $0 + 4])
    }
    return PlanningFacts(
        machine: machine, usable: UsableCPUs(cpus: usable, quotaCPUs: quota, reason: "as the test says"),
        blasVariant: "openblas", clockHertz: 3e9)
}

private func plan(
    _ change: (inout MeasurementRequest) -> Void = { _ in }, facts: PlanningFacts
) throws -> MeasurementPlan {
    var request = MeasurementRequest()
    request.seed = 7
    change(&request)
    let catalog = KernelCatalog(isa: facts.machine.cpu.isa, blasVariant: "openblas", blasUnavailability: nil)
    return try Planner.plan(request, facts: facts, catalog: catalog)
}

@Suite("Planner")
struct PlannerTests {
    @Test("scope node takes one thread per physical core, scope core one")
    func scopes() throws {
        let plan = try plan(facts: facts())
        for planned in plan.measurements {
            #expect(planned.cpus == (planned.scope == .node ? [0, 1, 2, 3] : [0]))
        }
    }

    @Test("the default holds the best variant of each type in both scopes, and the sizes of the mix")
    func defaults() throws {
        let names = Set(try plan(facts: facts()).measurements.map(\.name))
        #expect(names.isSuperset(of: ["fma/f64/avx2/core", "fma/f32/avx2/node", "gemm/f64/openblas/node"]))
        #expect(!names.contains("fma/f64/sse2/core"))
        for tier in [Tier.quick, .standard] {
            let plan = try plan({ $0.tier = tier }, facts: facts())
            let orders = plan.measurements.filter { $0.name == "gemm/f32/openblas/node" }.compactMap(\.order)
            #expect(Set(orders).isSuperset(of: [1024, 2048]))
        }
    }

    @Test("a filter selects defaults, and other variants that it names; unknown ones name what there is")
    func filters() throws {
        let named = try plan({ $0.filter = "fma/f64/(sse2|avx2)/core" }, facts: facts())
        #expect(named.measurements.map(\.name) == ["fma/f64/sse2/core", "fma/f64/avx2/core"])
        let general = try plan({ $0.filter = "fma/f64/.*/core" }, facts: facts())
        #expect(general.measurements.map(\.name) == ["fma/f64/avx2/core"])
        let chosen = try plan({ $0.filter = "fma/f64/sse2" }, facts: facts())
        #expect(chosen.measurements.map(\.name) == ["fma/f64/sse2/core", "fma/f64/sse2/node"])
        #expect(
            throws: PlanError.nothingMatches(
                pattern: "fma/f64/avx2/cor3",
                names: ["fma/f64/avx2/core", "fma/f32/avx2/core", "fma/f64/avx2/node"])
        ) { try plan({ $0.filter = "fma/f64/avx2/cor3" }, facts: facts()) }
        #expect(throws: PlanError.invalidPattern(option: "skip", pattern: "(")) {
            try plan({ $0.skip = "(" }, facts: facts())
        }
        #expect(throws: PlanError.everythingSkipped(pattern: ".")) { try plan({ $0.skip = "." }, facts: facts()) }
        #expect(throws: KernelUnavailable(name: "fma/f64/avx512/core", reason: "needs avx512f")) {
            try plan({ $0.filter = "fma/f64/avx512/core" }, facts: facts())
        }
    }

    @Test("siblings are used only when more threads than cores are asked for, and that is remarked on")
    func siblings() throws {
        let plan = try plan({ $0.threads = 6 }, facts: facts())
        #expect(plan.cpus == [0, 1, 2, 3, 4, 5])
        #expect(plan.notes.contains { $0.contains("SMT") })
        // Six threads on four cores have four cores' units: 4 × 16 flop per cycle on Zen 3.
        let product = plan.measurements.first { $0.name == "gemm/f64/openblas/node" }
        #expect(product?.peakFLOPPerCycle == 64)
    }

    @Test("a quota of 2.5 CPUs gives two threads")
    func quota() throws {
        let plan = try plan(facts: facts(quota: 2.5))
        #expect(plan.cpus == [0, 1])
        #expect(plan.notes.contains { $0.contains("2 of 4 cores") })
    }

    @Test("CPUs outside the allowed set, too many threads and absent nodes are refused by name")
    func refusals() throws {
        let usable: CPUSet = [0, 1, 4, 5]
        #expect(throws: PlanError.cpuNotAllowed(2, allowed: usable, reason: "as the test says")) {
            try plan({ $0.cpus = [1, 2] }, facts: facts(usable: usable))
        }
        #expect(throws: PlanError.tooManyThreads(asked: 5, available: usable)) {
            try plan({ $0.threads = 5 }, facts: facts(usable: usable))
        }
        #expect(throws: PlanError.threadsNotPositive(0)) { try plan({ $0.threads = 0 }, facts: facts()) }
        #expect(throws: PlanError.noSuchNUMANode(2, present: [0, 1])) {
            try plan({ $0.numaNode = 2 }, facts: facts())
        }
        #expect(throws: PlanError.numaNodeWithoutCPUs(1, allowed: usable)) {
            try plan({ $0.numaNode = 1 }, facts: facts(usable: usable))
        }
    }

    @Test("memory is bound to the node of the threads, or spread over theirs")
    func placement() throws {
        let spread = try plan(facts: facts()).measurements.first { $0.name == "gemm/f64/openblas/node" }
        #expect(spread?.placement == .interleave(nodes: [0, 1]))
        let bound = try plan({ $0.numaNode = 1 }, facts: facts()).measurements.filter { $0.order != nil }
        #expect(bound.allSatisfy { $0.placement == .bind(node: 1) && Set($0.cpus).isSubset(of: [2, 3]) })
    }

    @Test("products that do not fit in a quarter of the memory are listed as skipped")
    func memory() throws {
        // Three f64 matrices of order 2048 take 100.7 MB, of 4096 402.7 MB; a quarter of 1 GiB is 268 MB.
        let plan = try plan(facts: facts(memoryBytes: 1 << 30))
        #expect(plan.measurements.filter { $0.name == "gemm/f64/openblas/core" }.compactMap(\.order).max() == 2048)
        #expect(plan.skipped.contains { $0.n == 4096 && $0.code == "does-not-fit-memory" })
    }

    @Test("the plan keeps to the duration, and says what it leaves out", arguments: [5.0, 20, 60, 200])
    func duration(seconds: Double) throws {
        let plan = try plan({ $0.duration = seconds }, facts: facts())
        #expect(plan.leastSeconds <= seconds)
        #expect(plan.mostSeconds <= seconds + 1)
        let left = Set(plan.measurements.map(\.title)).union(plan.skipped.map { "\($0.name) n=\($0.n ?? 0)" })
        #expect(left.contains("gemm/f64/openblas/core n=4096"))
    }

    @Test("a duration too short for anything is refused")
    func noTime() throws {
        #expect(throws: PlanError.self) { try plan({ $0.duration = 0.001 }, facts: facts()) }
    }

    @Test("equal work has equal hashes, whatever the seed and the clock; other work has others")
    func hashes() throws {
        func hash(clock: Double = 3e9, _ change: (inout MeasurementRequest) -> Void) throws -> String {
            var facts = try facts()
            facts.clockHertz = clock
            return try JSONValue(encoding: try plan(change, facts: facts)).canonicalText.sha256
        }
        let first = try hash { $0.seed = 1 }
        #expect(try hash(clock: 3.01e9) { $0.seed = 2 } == first)
        #expect(try hash { $0.threads = 2 } != first)
        #expect(try hash { $0.tier = .quick } != first)
        #expect(try hash { $0.duration = 75 } != first)
    }

    @Test("what the index counts is dropped last")
    func priority() throws {
        let plan = try plan({ $0.duration = 8 }, facts: facts())
        let counted = plan.measurements.filter { $0.scope == .node && [1024, 2048].contains($0.order) }
        #expect(counted.count == 4)
        #expect(!plan.skipped.isEmpty)
    }

    @Test("fewer threads than cores is not the whole node, and two threads of one core have one core's peak")
    func partOfTheNode() throws {
        #expect(try plan(facts: facts()).usesWholeNode)
        #expect(try plan(facts: facts(usable: [0, 4])).usesWholeNode)
        #expect(try !plan({ $0.threads = 3 }, facts: facts()).usesWholeNode)
        let siblings = try plan(
            {
                $0.cpus = [1, 5]; $0.threads = 2
            }, facts: facts())
        #expect(siblings.measurements.first { $0.name == "gemm/f64/openblas/node" }?.peakFLOPPerCycle == 16)
    }

    @Test("cores of different kinds have no stated peak")
    func hybrid() throws {
        var facts = try facts()
        facts.machine.topology.coreTypes = ["efficient", "fast"]
        let plan = try plan(facts: facts)
        #expect(plan.measurements.allSatisfy { $0.peakFLOPPerCycle == nil })
        #expect(plan.peakUnknown == "the cores are of different kinds")
    }
}
