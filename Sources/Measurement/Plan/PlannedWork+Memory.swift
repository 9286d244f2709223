// PlannedWork+Memory.swift: working sets, placement and times of streams and chains of loads.

import ComputeKernels
import MachineProbe
import Quantities
import ResultRecord

extension PlannedWork {
    mutating func add(_ kernel: StreamKernel, _ entry: CatalogEntry) {
        for group in groups(entry.scope) {
            for level in levels(of: kernel, scope: entry.scope) {
                guard let bytes = bytes(level, cpus: group.cpus, arrays: kernel.arrayCount) else {
                    note("\(entry.name): \(missing(level))")
                    continue
                }
                let set = WorkingSet(level: level, bytes: bytes)
                let planned = stream(
                    kernel, entry, set, cpus: group.cpus, placements: group.cpus.map(facts.nearestMemory))
                _ = appendIfFitting(planned, bytes: Double(bytes), what: "the arrays")
            }
        }
    }

    /// What is measured where unless --working-set says otherwise. Stores past the caches do not stay in one.
    private func levels(of kernel: StreamKernel, scope: Scope) -> [WorkingSet.Level] {
        if let asked = request.levels { return WorkingSet.Level.allCases.filter(asked.contains) }
        if kernel.isNonTemporal { return [.dram] }
        switch tier {
        case .quick: return [.dram]
        case .standard:
            let inCaches = ["stream-triad", "stream-read"].contains(kernel.kernel) && scope == .core
            return inCaches ? WorkingSet.Level.allCases : [.dram]
        case .thorough: return scope == .core || scope == .node ? WorkingSet.Level.allCases : [.dram]
        }
    }

    func stream(
        _ kernel: StreamKernel, _ entry: CatalogEntry, _ set: WorkingSet, cpus: [Int], placements: [MemoryPlacement]
    ) -> PlannedMeasurement {
        let seconds = streamSeconds
        let elements = Double(set.bytes / kernel.arrayCount / kernel.elementType.bytes)
        let bytes = elements * Double(kernel.bytesPerElement)
        return PlannedMeasurement(
            name: entry.name, kernel: .stream(kernel), workingSet: set, elementType: kernel.elementType,
            scope: entry.scope, cpus: cpus, threadPlacements: placements,
            sampling: SamplingLimits(
                targetHalfWidth: 0.02, minimumSamples: 10, minimumSeconds: seconds / 2, maximumSamples: 2000,
                budgetSeconds: seconds),
            visits: Self.visits, unit: "B/s", workPerIteration: bytes,
            flopPerIteration: elements * Double(kernel.flopPerElement),
            bytesPerIteration: bytes,
            // Filled and compared, at four gigabytes a second and thread each.
            overheadSeconds: 0.02 + 0.5e-9 * Double(set.bytes) / Double(cpus.count),
            revisitSeconds: 0.02 + 0.5e-9 * Double(set.bytes) / Double(cpus.count),
            // Ten passes at two gigabytes a second and thread.
            leastSamplingSeconds: max(seconds / 2, 10 * bytes / (2e9 * Double(cpus.count))))
    }

    private var streamSeconds: Double {
        switch tier {
        case .quick: 0.3
        case .standard: 0.6
        case .thorough: 1.5
        }
    }

    mutating func addLatency(_ level: WorkingSet.Level, hugePages: Bool, _ entry: CatalogEntry) {
        if let asked = request.levels, !asked.contains(level) { return }
        for group in groups(entry.scope) {
            let cpus = Array(group.cpus.prefix(1))
            guard let bytes = bytes(level, cpus: cpus, arrays: 1) else {
                note("\(entry.name): \(missing(level))")
                continue
            }
            let set = WorkingSet(level: level, bytes: bytes, hugePages: hugePages)
            let planned = latency(entry, set, cpus: cpus, placements: cpus.map(facts.nearestMemory))
            _ = appendIfFitting(planned, bytes: Double(bytes), what: "the lines")
        }
    }

    func latency(
        _ entry: CatalogEntry, _ set: WorkingSet, cpus: [Int], placements: [MemoryPlacement]
    ) -> PlannedMeasurement {
        let seconds = tier == .thorough ? 0.5 : 0.25
        return PlannedMeasurement(
            name: entry.name, kernel: .latency, workingSet: set, scope: entry.scope, cpus: cpus,
            threadPlacements: placements,
            sampling: SamplingLimits(
                targetHalfWidth: 0.02, minimumSamples: 20, minimumSeconds: seconds / 2, maximumSamples: 2000,
                budgetSeconds: seconds),
            // Drawing the cycle through main memory takes longer than following it.
            visits: set.level == .dram ? 3 : Self.visits, unit: "s", workPerIteration: 1,
            // The cycle is drawn line by line, 64 bytes each, at random places.
            overheadSeconds: 0.02 + 150e-9 * Double(set.bytes) / 64,
            revisitSeconds: 0.02 + 150e-9 * Double(set.bytes) / 64, leastSamplingSeconds: seconds)
    }

    /// Bandwidth and latency from each node's CPUs to each node's memory.
    mutating func addNodeMap(_ catalog: KernelCatalog) {
        let sources = scopes[.numa]
        let targets = facts.memoryNodes
        guard sources.count > 1 || targets.count > 1 else {
            return note("no NUMA map: there is one NUMA node")
        }
        let best = StreamKernel.best(
            kernel: "stream-triad", isa: facts.machine.cpu.isa, nonTemporal: false,
            microarchitecture: facts.machine.cpu.microarchitecture)
        let triad = catalog.entries.first { $0.scope == .numa && best.map(CatalogEntry.Kind.stream) == $0.kind }
        let chase = catalog.entries.first { $0.kind == .latency(.dram, hugePages: true) }
        for source in sources {
            for target in targets {
                let place = MemoryPlacement.bind(node: target)
                if let triad, case .stream(let kernel) = triad.kind,
                    let bytes = bytes(.dram, cpus: source.cpus, arrays: kernel.arrayCount)
                {
                    var planned = stream(
                        kernel, triad, WorkingSet(level: .dram, bytes: bytes), cpus: source.cpus,
                        placements: source.cpus.map { _ in place })
                    planned.map = .numa
                    _ = appendIfFitting(planned, bytes: Double(bytes), what: "the arrays")
                }
                if let chase, let bytes = bytes(.dram, cpus: Array(source.cpus.prefix(1)), arrays: 1) {
                    var planned = latency(
                        chase, WorkingSet(level: .dram, bytes: bytes), cpus: Array(source.cpus.prefix(1)),
                        placements: [place])
                    planned.map = .numa
                    _ = appendIfFitting(planned, bytes: Double(bytes), what: "the lines")
                }
            }
        }
    }

    /// Bytes over all arrays and threads: half of what the level holds for these CPUs, so that stack, tables and
    /// neighbours do not push it out; of main memory four times the last-level cache an array.
    ///
    /// - Returns: nil when the level is not known here, or does not stand out from the one before.
    func bytes(_ level: WorkingSet.Level, cpus: [Int], arrays: Int) -> Int? {
        let holds = { (level: Int) in cacheBytes(level, cpus: cpus) }
        switch level {
        case .l1: return holds(1).map { $0 / 2 }
        case .l2:
            guard let first = holds(1), let second = holds(2), second >= 2 * first else { return nil }
            return max(second / 2, first * 3 / 2)
        case .l3:
            guard let second = holds(2), let third = holds(3), third >= 2 * second else { return nil }
            return max(third / 2, second * 3 / 2)
        case .dram:
            let last = holds(3) ?? max(holds(2) ?? 0, Self.assumedLastLevel)
            // Large caches would make filling the arrays take longer than measuring them.
            return max(4 * last, min(4 * last * arrays, 2 << 30))
        }
    }

    /// Bytes of last-level cache where the machine tells of none.
    private static let assumedLastLevel = 32 << 20

    /// What the distinct data caches of a level hold that serve these CPUs; nil when there are none.
    private func cacheBytes(_ level: Int, cpus: [Int]) -> Int? {
        let serving = facts.machine.topology.caches.filter { cache in
            cache.level == level && cache.type != "instruction"
                && CPUSet(list: cache.sharedCPUs).map { !$0.intersection(CPUSet(cpus)).isEmpty } == true
        }
        let total = serving.reduce(0) { $0 + $1.bytes }
        return total > 0 ? total : nil
    }

    private func missing(_ level: WorkingSet.Level) -> String {
        level == .dram
            ? "no size for main memory"
            : "no working set: the size of \(level.rawValue.uppercased()) is not known, or no larger than the cache before it"
    }
}
