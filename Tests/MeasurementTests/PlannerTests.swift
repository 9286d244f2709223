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
        clockHertz: 3e9)
}

private func makePlan(
    _ change: (inout MeasurementRequest) -> Void = { _ in }, facts: PlanningFacts
) throws -> MeasurementPlan {
    var request = MeasurementRequest()
    request.seed = 7
    change(&request)
    return try Planner.plan(request, facts: facts, libraries: [PlanningLibrary(variant: "openblas")])
}

@Suite("Planner")
struct PlannerTests {
    @Test("each scope takes the CPUs of its name, one thread per physical core unless it says otherwise")
    func scopes() throws {
        let plan = try makePlan({ $0.maps = [] }, facts: facts())
        let expected: [Scope: [Int]] = [
            .core: [0], .coreSMT: [0, 4], .l3: [0, 1], .numa: [0, 1], .socket: [0, 1], .node: [0, 1, 2, 3],
            .nodeSMT: [0, 4, 1, 5, 2, 6, 3, 7],
        ]
        for planned in plan.measurements { #expect(planned.cpus == expected[planned.scope]) }
        // Here L3 groups, NUMA nodes and sockets are the same CPUs: measured once, under the narrowest name.
        #expect(Set(plan.measurements.map(\.scope)) == [.core, .coreSMT, .l3, .node, .nodeSMT])
        let named = try makePlan({ $0.filter = "fma/f64/avx2/socket" }, facts: facts())
        #expect(named.measurements.map(\.cpus) == [[0, 1]])
        let all = try makePlan(
            {
                $0.tier = .thorough; $0.filter = "fma/f64/avx2/socket"
            }, facts: facts())
        #expect(all.measurements.map(\.cpus) == [[0, 1], [2, 3]])
    }

    @Test("two threads of a core have one core's peak, and are never taken for two cores")
    func hardwareThreads() throws {
        let plan = try makePlan({ $0.filter = "fma/f64/avx2/(core|core-smt|node-smt)" }, facts: facts())
        #expect(plan.measurements.map(\.peakPerCycle) == [16, 16, 64])
        #expect(plan.measurements.map(\.cpus.count) == [1, 2, 8])
        #expect(throws: KernelUnavailable.self) {
            try makePlan({ $0.filter = "fma/f64/avx2/core-smt" }, facts: facts(usable: [0, 1]))
        }
    }

    @Test("our own product is sampled in turn with the library's, and several libraries with each other")
    func interleaving() throws {
        let facts = try facts()
        var request = MeasurementRequest()
        request.filter = "gemm/f64/.*/core"
        request.orders = [300, 100, 100]
        let plan = try Planner.plan(
            request, facts: facts, libraries: [PlanningLibrary(variant: "openblas"), PlanningLibrary(variant: "blis")])
        let names = ["gemm/f64/openblas/core", "gemm/f64/blis/core", "gemm/f64/simd-avx2/core"]
        #expect(plan.measurements.map(\.name) == names + names)
        #expect(plan.measurements.map(\.order) == [100, 100, 100, 300, 300, 300])
        let numbers = plan.measurements.map(\.interleaving)
        #expect(Set(numbers[0...2]).count == 1 && Set(numbers[3...5]).count == 1 && numbers[0] != numbers[3])
        #expect(plan.libraries == [0, 1])
    }

    @Test("a library without LAPACK is said to lack it, and its products are measured")
    func missingRoutine() throws {
        let library = PlanningLibrary(variant: "blis", factorisationUnavailability: "lacks dgetrf_")
        let plan = try Planner.plan(MeasurementRequest(), facts: facts(), libraries: [library])
        #expect(plan.skipped.contains { $0.name == "lu/f64/blis/node" && $0.code == "lacks-routine" })
        #expect(plan.measurements.contains { $0.name == "gemm/f64/blis/node" })
    }

    @Test("working sets fill half of a cache, and of memory four times the last level an array")
    func workingSets() throws {
        var facts = try facts()
        facts.machine.topology.caches = (0..<4).flatMap { core in
            [
                CacheDescription(level: 1, type: "data", bytes: 32 << 10, sharedCPUs: "\(core),\(core + 4)"),
                CacheDescription(level: 1, type: "instruction", bytes: 32 << 10, sharedCPUs: "\(core),\(core + 4)"),
                CacheDescription(level: 2, type: "unified", bytes: 512 << 10, sharedCPUs: "\(core),\(core + 4)"),
            ]
        }
        for socket in 0..<2 {
            facts.machine.topology.caches.append(
                CacheDescription(
                    level: 3, type: "unified", bytes: 32 << 20,
                    sharedCPUs: "\(2 * socket)-\(2 * socket + 1),\(2 * socket + 4)-\(2 * socket + 5)"))
        }
        func bytes(_ filter: String) throws -> [Int?] {
            try makePlan(
                {
                    $0.tier = .thorough; $0.filter = filter
                }, facts: facts
            ).measurements.map { $0.workingSet?.bytes }
        }
        #expect(try bytes("stream-triad/f64/avx2/core") == [16 << 10, 256 << 10, 16 << 20, 384 << 20])
        #expect(try bytes("stream-copy/f64/avx2/node") == [64 << 10, 1 << 20, 32 << 20, 768 << 20])
        #expect(try bytes("latency/(l1|l2|l3|dram)/core") == [16 << 10, 256 << 10, 16 << 20, 128 << 20])
        let plan = try makePlan({ $0.filter = "stream-triad/f64/avx2-nt/node" }, facts: facts)
        #expect(plan.measurements.map { $0.workingSet?.level } == [.dram])
        #expect(
            plan.measurements.first?.threadPlacements == [
                .bind(node: 0), .bind(node: 0), .bind(node: 1), .bind(node: 1),
            ])
    }

    @Test("memory goes to the nearest node that has some")
    func memorylessNode() throws {
        var facts = try facts()
        facts.machine.topology.numaNodes = 3
        facts.machine.topology.numaDistance = [[10, 32, 20], [32, 10, 12], [20, 12, 10]]
        facts.machine.memory.perNUMABytes = [32 << 30, 0, 32 << 30]
        let plan = try makePlan({ $0.filter = "stream-triad/f64/avx2-nt/node" }, facts: facts)
        #expect(
            plan.measurements.first?.threadPlacements == [
                .bind(node: 0), .bind(node: 0), .bind(node: 2), .bind(node: 2),
            ])
        let map = try makePlan(
            {
                $0.tier = .thorough; $0.maps = [.numa]; $0.filter = "fma/f64/avx2/core"
            }, facts: facts)
        let targets = map.measurements.filter { $0.map == .numa && $0.name.hasPrefix("latency") }
            .map { "\($0.cpus) \($0.placementText)" }
        #expect(targets == ["[0] bind:0", "[0] bind:2", "[2] bind:0", "[2] bind:2"])
    }

    @Test("the per-core map measures each physical core alone")
    func coreMap() throws {
        let plan = try makePlan(
            {
                $0.maps = [.perCore]; $0.filter = "fma/f64/avx2/core"
            }, facts: facts())
        #expect(plan.measurements.filter { $0.map == .perCore }.map(\.cpus) == [[0], [1], [2], [3]])
        let one = try makePlan(
            {
                $0.maps = [.perCore]; $0.filter = "fma/f64/avx2/core"
            }, facts: facts(usable: [1]))
        #expect(one.measurements.allSatisfy { $0.map == nil } && one.notes.contains { $0.contains("one core") })
    }

    @Test("orders that fit nowhere are refused with the reason")
    func tooLarge() throws {
        let error = #expect(throws: PlanError.self) {
            try makePlan(
                {
                    $0.filter = "^(gemm|lu)/"; $0.orders = [1 << 20]
                }, facts: facts())
        }
        #expect(error?.what.contains("three matrices need") == true)
    }

    @Test("a factorisation that takes no time is not repeated until it has taken half a second")
    func smallFactorisation() throws {
        let plan = try makePlan(
            {
                $0.filter = "lu/f64/openblas/node"; $0.orders = [1, 4000]
            }, facts: facts())
        #expect(plan.measurements.map { $0.sampling.minimumSeconds > 0.01 } == [false, true])
    }

    @Test("the default holds the best variant of each type in both scopes, and the sizes of the mix")
    func defaults() throws {
        let names = Set(try makePlan(facts: facts()).measurements.map(\.name))
        #expect(names.isSuperset(of: ["fma/f64/avx2/core", "fma/f32/avx2/node", "gemm/f64/openblas/node"]))
        #expect(!names.contains("fma/f64/sse2/core"))
        for tier in [Tier.quick, .standard] {
            let plan = try makePlan({ $0.tier = tier }, facts: facts())
            let orders = plan.measurements.filter { $0.name == "gemm/f32/openblas/node" }.compactMap(\.order)
            #expect(Set(orders).isSuperset(of: [1024, 2048]))
        }
    }

    @Test("a filter selects defaults, and other variants that it names; unknown ones name what there is")
    func filters() throws {
        let named = try makePlan({ $0.filter = "fma/f64/(sse2|avx2)/core" }, facts: facts())
        #expect(named.measurements.map(\.name) == ["fma/f64/sse2/core", "fma/f64/avx2/core", "fma/f64/avx2/core-smt"])
        let general = try makePlan({ $0.filter = "fma/f64/.*/core" }, facts: facts())
        #expect(
            general.measurements.map(\.name) == ["fma/f64/avx2-mix/core", "fma/f64/avx2/core", "fma/f64/avx2/core-smt"])
        let chosen = try makePlan({ $0.filter = "fma/f64/sse2" }, facts: facts())
        #expect(chosen.measurements.map(\.name) == ["fma/f64/sse2/core", "fma/f64/sse2/node"])
        #expect(
            throws: PlanError.nothingMatches(
                pattern: "fma/f64/avx2/cor3",
                names: ["fma/f64/avx2/core", "fma/f32/avx2/core", "fma/f64/avx2/l3"])
        ) { try makePlan({ $0.filter = "fma/f64/avx2/cor3" }, facts: facts()) }
        #expect(throws: PlanError.invalidPattern(option: "skip", pattern: "(")) {
            try makePlan({ $0.skip = "(" }, facts: facts())
        }
        #expect(throws: PlanError.everythingSkipped(pattern: ".")) { try makePlan({ $0.skip = "." }, facts: facts()) }
        #expect(throws: KernelUnavailable(name: "fma/f64/avx512/core", reason: "needs avx512f")) {
            try makePlan({ $0.filter = "fma/f64/avx512/core" }, facts: facts())
        }
    }

    @Test("siblings are used only when more threads than cores are asked for, and that is remarked on")
    func siblings() throws {
        let plan = try makePlan({ $0.threads = 6 }, facts: facts())
        #expect(plan.cpus == [0, 1, 2, 3, 4, 5])
        #expect(plan.notes.contains { $0.contains("SMT") })
        // Six threads on four cores have four cores' units: 4 × 16 flop per cycle on Zen 3.
        let product = plan.measurements.first { $0.name == "gemm/f64/openblas/node" }
        #expect(product?.peakPerCycle == 64)
    }

    @Test("a quota of 2.5 CPUs gives two threads")
    func quota() throws {
        let plan = try makePlan(facts: facts(quota: 2.5))
        #expect(plan.cpus == [0, 1])
        #expect(plan.notes.contains { $0.contains("2 of 4 cores") })
    }

    @Test("CPUs outside the allowed set, too many threads and absent nodes are refused by name")
    func refusals() throws {
        let usable: CPUSet = [0, 1, 4, 5]
        #expect(throws: PlanError.cpuNotAllowed(2, allowed: usable, reason: "as the test says")) {
            try makePlan({ $0.cpus = [1, 2] }, facts: facts(usable: usable))
        }
        #expect(throws: PlanError.tooManyThreads(asked: 5, available: usable)) {
            try makePlan({ $0.threads = 5 }, facts: facts(usable: usable))
        }
        #expect(throws: PlanError.threadsNotPositive(0)) { try makePlan({ $0.threads = 0 }, facts: facts()) }
        #expect(throws: PlanError.noSuchNUMANode(2, present: [0, 1])) {
            try makePlan({ $0.numaNode = 2 }, facts: facts())
        }
        #expect(throws: PlanError.numaNodeWithoutCPUs(1, allowed: usable)) {
            try makePlan({ $0.numaNode = 1 }, facts: facts(usable: usable))
        }
    }

    @Test("memory is bound to the node of the threads, or spread over theirs")
    func placement() throws {
        let spread = try makePlan(facts: facts()).measurements.first { $0.name == "gemm/f64/openblas/node" }
        #expect(spread?.placement == .interleave(nodes: [0, 1]))
        let bound = try makePlan({ $0.numaNode = 1 }, facts: facts()).measurements.filter { $0.order != nil }
        #expect(bound.allSatisfy { $0.placement == .bind(node: 1) && Set($0.cpus).isSubset(of: [2, 3]) })
    }

    @Test("products that do not fit in a quarter of the memory are listed as skipped")
    func memory() throws {
        // Three f64 matrices of order 2048 take 100.7 MB, of 4096 402.7 MB; a quarter of 1 GiB is 268 MB.
        let plan = try makePlan(facts: facts(memoryBytes: 1 << 30))
        #expect(plan.measurements.filter { $0.name == "gemm/f64/openblas/core" }.compactMap(\.order).max() == 2048)
        #expect(plan.skipped.contains { $0.n == 4096 && $0.code == "does-not-fit-memory" })
    }

    @Test("the plan keeps to the duration, and says what it leaves out", arguments: [5.0, 20, 60, 200])
    func duration(seconds: Double) throws {
        let plan = try makePlan({ $0.duration = seconds }, facts: facts())
        #expect(plan.leastSeconds <= seconds)
        #expect(plan.mostSeconds == seconds)
        let left = Set(plan.measurements.map(\.title)).union(plan.skipped.map { "\($0.name) n=\($0.n ?? 0)" })
        #expect(left.contains("gemm/f64/openblas/node n=4096"))
    }

    @Test("a duration too short for anything is refused")
    func noTime() throws {
        #expect(throws: PlanError.self) { try makePlan({ $0.duration = 0.001 }, facts: facts()) }
    }

    @Test("equal work has equal hashes, whatever the seed and the clock; other work has others")
    func hashes() throws {
        func hash(clock: Double = 3e9, _ change: (inout MeasurementRequest) -> Void) throws -> String {
            var facts = try facts()
            facts.clockHertz = clock
            return try JSONValue(encoding: try makePlan(change, facts: facts)).canonicalText.sha256
        }
        let first = try hash { $0.seed = 1 }
        #expect(try hash(clock: 3.01e9) { $0.seed = 2 } == first)
        #expect(try hash { $0.threads = 2 } != first)
        #expect(try hash { $0.tier = .quick } != first)
        #expect(try hash { $0.duration = 75 } != first)
    }

    @Test("what the index counts is dropped last")
    func priority() throws {
        let plan = try makePlan({ $0.duration = 8 }, facts: facts())
        let counted = plan.measurements.filter {
            $0.scope == .node && [1024, 2048].contains($0.order) && $0.name.contains("openblas")
        }
        #expect(counted.count == 4)
        #expect(!plan.skipped.isEmpty)
    }

    @Test("fewer threads than cores is not the whole node, and two threads of one core have one core's peak")
    func partOfTheNode() throws {
        #expect(try makePlan(facts: facts()).usesWholeNode)
        #expect(try makePlan(facts: facts(usable: [0, 4])).usesWholeNode)
        #expect(try !makePlan({ $0.threads = 3 }, facts: facts()).usesWholeNode)
        let siblings = try makePlan(
            {
                $0.cpus = [1, 5]; $0.threads = 2
            }, facts: facts())
        #expect(siblings.measurements.first { $0.name == "gemm/f64/openblas/node" }?.peakPerCycle == 16)
    }

    @Test("cores of different kinds have no stated peak")
    func hybrid() throws {
        var facts = try facts()
        facts.machine.topology.coreTypes = ["efficient", "fast"]
        let plan = try makePlan(facts: facts)
        #expect(plan.measurements.allSatisfy { $0.peakPerCycle == nil })
        #expect(plan.peakUnknown == "the cores are of different kinds")
    }
}
