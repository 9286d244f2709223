// PlannedWork.swift: turns catalog rows into measurements: sizes, CPUs, placement, and the time each will take.

import ComputeKernels
import MachineProbe
import Quantities
import ResultRecord

/// The measurements of a plan as they come together.
struct PlannedWork {
    let request: MeasurementRequest
    let facts: PlanningFacts
    let scopes: ScopeGroups
    /// Seconds for the whole run.
    let duration: Double
    private(set) var measurements: [PlannedMeasurement] = []
    private(set) var skipped: [SkippedMeasurement] = []
    private(set) var notes: [String] = []

    init(request: MeasurementRequest, facts: PlanningFacts, scopes: ScopeGroups, duration: Double) {
        self.request = request
        self.facts = facts
        self.scopes = scopes
        self.duration = duration
    }

    var tier: Tier { request.tier }

    /// The groups of a scope that a run measures: each one when it is thorough, else the first; of single cores the
    /// first of each kind.
    func groups(_ scope: Scope) -> [CPUGroup] {
        let all = scopes[scope]
        switch scope {
        // Cores one by one are what the per-core map is for.
        case .core, .coreSMT: return scopes.firstOfEachKind(scope)
        case .node, .nodeSMT: return Array(all.prefix(1))
        case .l3, .numa, .socket: return tier == .thorough ? all : Array(all.prefix(1))
        }
    }

    mutating func append(_ planned: PlannedMeasurement) { measurements.append(planned) }

    mutating func skip(_ planned: PlannedMeasurement, code: String, reason: String) {
        skipped.append(SkippedMeasurement(planned, code: code, reason: reason))
    }

    mutating func note(_ text: String) { notes.append(text) }

    /// Appends what fits into memory and time.
    ///
    /// - Returns: False when it was skipped: larger sizes need not be tried.
    mutating func appendIfFitting(_ planned: PlannedMeasurement, bytes: Double, what: String) -> Bool {
        if bytes > facts.dataBytes {
            skip(
                planned, code: "does-not-fit-memory",
                reason: "\(what) need \(SIFormat.text(bytes, unit: "B")); a quarter of the memory is "
                    + SIFormat.text(facts.dataBytes, unit: "B"))
            return false
        }
        if request.duration == nil, planned.leastSeconds > Planner.largestShare * duration {
            skip(
                planned, code: "does-not-fit-duration",
                reason: "it would take about \(Int(planned.leastSeconds.rounded(.up))) s; pass --duration to allow more"
            )
            return false
        }
        append(planned)
        return true
    }

    /// Whether the index counts it: the orders of the mix in docs/capacity.md, over the whole node, by a library.
    static func isCounted(_ planned: PlannedMeasurement) -> Bool {
        guard case .gemm(.library) = planned.kernel else { return false }
        return planned.scope == .node && planned.order.map { [1024, 2048].contains($0) } == true
    }

    /// The stated peak in operations per cycle over all threads: of the variant, or without one of the best FMA
    /// variant that the cores can run. Threads that share a core share its units.
    func peak(of elementType: ElementType, variant: String?, cpus: [Int]) -> Double? {
        let machine = facts.machine
        guard machine.topology.coreTypes.count <= 1 else { return nil }
        let cores = machine.topology.coreList.count { !Set($0.cpus).isDisjoint(with: cpus) }
        return (try? Self.corePeak(of: elementType, variant: variant, cpu: machine.cpu).get())
            .map { $0 * Double(cores) }
    }

    /// Why no peak is stated; nil when one is.
    static func peakUnknown(_ machine: MachineDescription) -> String? {
        // The table describes one kind of core, that of the CPU which answered CPUID.
        if machine.topology.coreTypes.count > 1 { return "the cores are of different kinds" }
        guard case .failure(let unknown) = corePeak(of: .f64, variant: nil, cpu: machine.cpu) else { return nil }
        return unknown.description
    }

    private static func corePeak(
        of elementType: ElementType, variant: String?, cpu: CPUDescription
    ) -> Result<Double, CorePeakUnknown> {
        if let variant {
            return CorePeak.flopPerCycle(
                variant: variant, elementType: elementType, microarchitecture: cpu.microarchitecture,
                modelName: cpu.modelName)
        }
        return CorePeak.fmaPeak(
            elementType: elementType, microarchitecture: cpu.microarchitecture, modelName: cpu.modelName, isa: cpu.isa)
    }
}

extension PlannedWork {
    /// A kernel that works in registers.
    mutating func add(_ kernel: FMAKernel, _ entry: CatalogEntry) {
        let samples =
            switch tier {
            case .quick: 500
            case .standard: 1000
            case .thorough: entry.firstTier == .thorough ? 1000 : 2000
            }
        for group in groups(entry.scope) {
            append(planned(kernel, entry, cpus: group.cpus, samples: samples))
        }
    }

    /// How often a run comes back to a measurement. From five moments on, their spread says well how far the figure moves
    /// between moments.
    static let visits = 5

    func planned(_ kernel: FMAKernel, _ entry: CatalogEntry, cpus: [Int], samples: Int) -> PlannedMeasurement {
        let seconds = Double(samples) * FMASampler.secondsPerSlice
        let flop = Double(kernel.flopPerIteration * cpus.count)
        return PlannedMeasurement(
            name: entry.name, kernel: .fma(kernel), elementType: kernel.elementType, scope: entry.scope, cpus: cpus,
            sampling: SamplingLimits(
                targetHalfWidth: 0.005, minimumSamples: samples, minimumSeconds: 0, maximumSamples: 4 * samples,
                budgetSeconds: seconds),
            visits: Self.visits, unit: kernel.elementType.unit, workPerIteration: flop, flopPerIteration: flop,
            bytesPerIteration: 0,
            peakPerCycle: peak(of: kernel.elementType, variant: kernel.variant, cpus: cpus),
            // Warm-up and the replay; a look at the clock behind each slice takes about half of its time.
            overheadSeconds: FMASampler.warmUpSeconds + 0.1 * seconds, revisitSeconds: FMASampler.revisitWarmUpSeconds,
            leastSamplingSeconds: 1.5 * seconds)
    }

    /// Surveys of the machine: each core alone; from each NUMA node to each node's memory.
    mutating func addMaps(catalog: KernelCatalog) {
        let wanted: Set<MachineMap> =
            request.maps
            ?? (request.filter != nil || tier == .quick ? [] : tier == .standard ? [.perCore] : [.perCore, .numa])
        if wanted.contains(.perCore) { addCoreMap(catalog) }
        if wanted.contains(.numa) { addNodeMap(catalog) }
    }

    private mutating func addCoreMap(_ catalog: KernelCatalog) {
        let cores = scopes[.core]
        guard cores.count > 1 else { return note("no per-core map: there is one core to measure on") }
        let entry = catalog.entries.last {
            $0.scope == .core && $0.elementType == .f64 && $0.firstTier == .quick && $0.kernel == "fma"
        }
        guard let entry, case .fma(let kernel) = entry.kind else { return }
        // A tenth of the run, and no less than what shows a core's best slice.
        let share = duration / 10 / Double(cores.count) / FMASampler.secondsPerSlice / 2
        let samples = max(100, min(400, Int(share)))
        for group in cores {
            var measurement = planned(kernel, entry, cpus: group.cpus, samples: samples)
            measurement.map = .perCore
            measurement.sampling.targetHalfWidth = 0.02
            append(measurement)
        }
    }

    /// A library without LAPACK is said to be one, rather than left out of the figures in silence.
    mutating func noteMissingRoutines(_ libraries: [PlanningLibrary], catalog: KernelCatalog) {
        guard request.filter == nil else { return }
        for entry in catalog.entries where entry.scope == .node && entry.isDefault(tier) {
            guard case .lu(let index) = entry.kind, libraries[index].unavailability == nil,
                let reason = libraries[index].factorisationUnavailability
            else { continue }
            skipped.append(
                SkippedMeasurement(
                    name: entry.name, unit: "FLOPS", elementType: entry.elementType, n: nil,
                    threads: scopes[.node].first?.cpus.count ?? 1, code: "lacks-routine", reason: reason))
        }
    }
}
