// ScreenPlan.swift: which CPUs, which works, and what is left out and why.

package import BLASBinding
import CLinux
import ComputeKernels
package import MachineProbe
import Measurement
package import ResultRecord

/// What the user asked for.
package struct ScreenRequest: Sendable {
    /// Nil for all that the process may use.
    package var cpus: CPUSet?
    /// Seconds for the whole screening, confirmations apart; the round at hand is shortened, the first one never.
    package var duration = 60.0
    package var seed = 1
    package var libraries: [BLASLibrary] = []

    package init() {}
}

/// One row of the coverage list: a work of the tables, and why it is not screened.
package struct ScreenCoverage: Sendable, Hashable, Codable {
    package var work: String
    package var screened: Bool
    /// `needs avx512_fp16`, `built for arm64`; nil when it is screened.
    @OrNull package var reason: String?

    package init(work: String, reason: String?) {
        self.work = work
        screened = reason == nil
        self.reason = reason
    }
}

/// CPUs and works, in the order of the tables.
package struct ScreenPlan: Sendable {
    package var cpus: [Int]
    package var works: [any ScreenWork]
    package var coverage: [ScreenCoverage]
    package var duration: Double
    package var seed: UInt64
    /// The other hardware threads of a CPU's core, by CPU.
    package var siblings: [Int: [Int]]

    package init(
        cpus: [Int], works: [any ScreenWork], coverage: [ScreenCoverage] = [], duration: Double, seed: UInt64,
        siblings: [Int: [Int]] = [:]
    ) {
        self.cpus = cpus
        self.works = works
        self.coverage = coverage
        self.duration = duration
        self.seed = seed
        self.siblings = siblings
    }

    /// All that this machine can run, each work tried once on the calling thread under a guard.
    ///
    /// - Throws: `PlanError` for CPUs that the process may not use.
    package init(_ request: ScreenRequest, machine: MachineDescription, usable: UsableCPUs) throws {
        var chosen = usable.cpus
        if let asked = request.cpus {
            guard !asked.isEmpty else { throw PlanError.noCPUs }
            if let outside = asked.subtracting(usable.cpus).numbers.first {
                throw PlanError.cpuNotAllowed(outside, allowed: usable.cpus, reason: usable.reason)
            }
            chosen = asked
        }
        guard !chosen.isEmpty else { throw PlanError.noCPUs }
        cpus = chosen.numbers
        duration = request.duration
        seed = UInt64(request.seed)
        siblings = [:]
        for core in machine.topology.coreList {
            for cpu in core.cpus where chosen.contains(cpu) {
                siblings[cpu] = core.cpus.filter { $0 != cpu && chosen.contains($0) }
            }
        }
        (works, coverage) = ([], [])
        addKernels(isa: machine.cpu.isa)
        for (library, variant) in zip(request.libraries, BLASLibrary.variants(for: request.libraries)) {
            add(library, named: variant)
        }
    }

    private mutating func addKernels(isa: [String]) {
        for entry in ScreenCatalog.entries {
            add(entry.id, unless: entry.kernel.unavailability(isa: isa) ?? entry.preparation()) { entry.make() }
        }
    }

    private mutating func add(_ library: BLASLibrary, named variant: String) {
        var reason: String?
        if let most = library.maximumThreads, most < cpus.count {
            reason = "the library was built for \(most) threads at a time, fewer than there are CPUs"
        }
        library.setThreads(1)
        for integers in [true, false] {
            let data = integers ? "integers" : "reals"
            add("gemm/f64/\(variant)/\(data)", unless: reason) {
                ProductWork<Double>(library, variant: variant, integers: integers)
            }
            add("gemm/f32/\(variant)/\(data)", unless: reason) {
                ProductWork<Float>(library, variant: variant, integers: integers)
            }
        }
    }

    /// Adds a work that runs here: a processor, or a hypervisor, may refuse what its feature bits promise.
    private mutating func add(_ name: String, unless reason: String?, _ make: () -> any ScreenWork) {
        guard reason == nil else {
            coverage.append(ScreenCoverage(work: name, reason: reason))
            return
        }
        let work = make()
        let arena = ScreenArena(number: 0, for: [work])
        arena.load(work, work.input(seed: 0), seed: 0)
        let signal = work.call(on: arena)
        coverage.append(
            ScreenCoverage(work: name, reason: signal == 0 ? nil : "its first call ended with signal \(signal)"))
        if signal == 0 { works.append(work) }
    }
}
