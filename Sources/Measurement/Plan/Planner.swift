// Planner.swift: from a request and a machine to a plan. Pure: the same input gives the same plan.

import ComputeKernels
import MachineProbe
import Quantities
import ResultRecord

package enum Planner {
    /// Whether the index counts it: the orders of the mix in docs/capacity.md, over the whole node.
    static func isCounted(scope: Scope, order: Int?) -> Bool {
        scope == .node && order.map { [1024, 2048].contains($0) } == true
    }

    /// Each tier's matrix orders; those that the index counts are among them.
    /// Ascending; of those that do not fit, the first is listed as skipped.
    static func orders(_ tier: Tier, _ scope: Scope) -> [Int] {
        switch (tier, scope) {
        case (.quick, .core): [1024]
        case (.quick, .node): [1024, 2048]
        case (.standard, _): [256, 1024, 2048, 4096]
        case (.thorough, _): [256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
        }
    }

    /// Seconds for a whole run, unless --duration says otherwise.
    static func duration(_ tier: Tier) -> Double {
        switch tier {
        case .quick: 13
        case .standard: 80
        case .thorough: 600
        }
    }

    /// Products timed at the least per size; gate G3 asks for five.
    static let fewestProducts = 5

    /// Share of the FMA peak that time estimates assume a BLAS reaches.
    static let assumedEfficiency = 0.75

    /// No single measurement is planned to take more than this share of the run's duration.
    static let largestShare = 0.35

    package static func plan(_ request: MeasurementRequest, facts: PlanningFacts, catalog: KernelCatalog) throws
        -> MeasurementPlan
    {
        let entries = try catalog.selection(filter: request.filter, skip: request.skip, tier: request.tier)
        let selection = try CPUSelection(request: request, facts: facts)
        let duration = request.duration ?? duration(request.tier)
        var measurements: [PlannedMeasurement] = []
        var skipped: [SkippedMeasurement] = []
        for entry in entries {
            let cpus = entry.scope == .core ? Array(selection.cpus.prefix(1)) : selection.cpus
            switch entry.kind {
            case .fma(let kernel):
                measurements.append(fma(kernel, entry: entry, cpus: cpus, tier: request.tier, facts: facts))
            case .gemm:
                for n in orders(request.tier, entry.scope) {
                    let planned = gemm(
                        n, entry: entry, cpus: cpus, tier: request.tier, duration: duration, facts: facts)
                    let bytes = 3 * Double(n) * Double(n) * Double(entry.elementType.bytes)
                    var skip: (code: String, reason: String)?
                    if bytes > facts.matrixBytes {
                        skip = (
                            "does-not-fit-memory",
                            "three matrices need \(SIFormat.text(bytes, unit: "B")); a quarter of the memory is "
                                + SIFormat.text(facts.matrixBytes, unit: "B")
                        )
                    } else if request.duration == nil, planned.leastSeconds > largestShare * duration {
                        skip = (
                            "does-not-fit-duration",
                            "it would take about \(Int(planned.leastSeconds.rounded(.up))) s; pass --duration to allow more"
                        )
                    }
                    if let skip {
                        skipped.append(skipping(planned, code: skip.code, reason: skip.reason))
                        break
                    }
                    measurements.append(planned)
                }
            }
        }
        var plan = MeasurementPlan(
            tier: request.tier, seed: request.seed, measurements: measurements, skipped: skipped,
            cpus: selection.cpus, usesWholeNode: selection.usesWholeNode, duration: request.duration,
            peakUnknown: peakUnknown(facts.machine), notes: selection.notes)
        if let reason = plan.peakUnknown { plan.notes.append("shares of peak are not stated: \(reason)") }
        try fit(&plan, duration: duration)
        return plan
    }

    private static func skipping(_ planned: PlannedMeasurement, code: String, reason: String) -> SkippedMeasurement {
        SkippedMeasurement(
            name: planned.name, elementType: planned.elementType, n: planned.order, threads: planned.cpus.count,
            code: code, reason: reason)
    }

    private static func fma(
        _ kernel: FMAKernel, entry: CatalogEntry, cpus: [Int], tier: Tier, facts: PlanningFacts
    ) -> PlannedMeasurement {
        let samples =
            switch tier {
            case .quick: 1000
            case .standard: 2000
            case .thorough: 4000
            }
        // Half of the samples are taken in any case: the best slice is half of the answer, and a stop at the first
        // narrow interval would cut the chance to see it.
        let seconds = Double(samples) * FMASampler.secondsPerSlice
        return PlannedMeasurement(
            name: entry.name, kernel: .fma(kernel), order: nil, elementType: entry.elementType, scope: entry.scope,
            cpus: cpus,
            placement: nil,
            sampling: SamplingLimits(
                targetHalfWidth: 0.005, minimumSamples: samples / 2, minimumSeconds: seconds / 2,
                maximumSamples: samples, budgetSeconds: seconds),
            peakFLOPPerCycle: peak(of: entry, kernel: kernel, cpus: cpus, machine: facts.machine),
            // Warm-up, clock slices and the replay come to about as much again.
            overheadSeconds: seconds, leastSamplingSeconds: seconds)
    }

    private static func gemm(
        _ n: Int, entry: CatalogEntry, cpus: [Int], tier: Tier, duration: Double, facts: PlanningFacts
    ) -> PlannedMeasurement {
        let peak = peak(of: entry, kernel: nil, cpus: cpus, machine: facts.machine)
        // A core whose peak is not known is taken for a slow one: four operations per cycle.
        let assumedRate = (peak ?? 4 * Double(cpus.count)) * facts.clockHertz * assumedEfficiency
        let order = Double(n)
        let secondsPerProduct = 2 * order * order * order / assumedRate
        // Gate G4 asks for a second of measured time of what the index counts; more of it passes G3 more often on
        // machines that are shared.
        let counted = isCounted(scope: entry.scope, order: n)
        // A short --duration leaves each of the four no more than the gate asks for.
        let least = max(1.1, duration / 8)
        let minimumSeconds =
            switch tier {
            case .quick: counted ? min(1.6, least) : 0.5
            case .standard: counted ? min(3.0, least) : 1.0
            case .thorough: counted ? min(10.0, least) : 3.0
            }
        let targetHalfWidth =
            switch tier {
            case .quick: 0.02
            case .standard: 0.01
            case .thorough: 0.005
            }
        let measured = max(minimumSeconds, Double(fewestProducts) * secondsPerProduct)
        // One warm-up product, and about 30 ns per matrix element to fill, witness and check.
        let setUp = secondsPerProduct + 30e-9 * order * order
        let nodes = Set(
            facts.machine.topology.coreList.filter { !Set($0.cpus).isDisjoint(with: cpus) }.compactMap(\.numaNode))
        let placement: MemoryPlacement =
            nodes.count == 1
            ? .bind(node: nodes.first ?? 0) : nodes.isEmpty ? .unbound : .interleave(nodes: nodes.sorted())
        return PlannedMeasurement(
            name: entry.name, kernel: .gemm, order: n, elementType: entry.elementType, scope: entry.scope, cpus: cpus,
            placement: placement,
            sampling: SamplingLimits(
                targetHalfWidth: targetHalfWidth, minimumSamples: fewestProducts, minimumSeconds: minimumSeconds,
                maximumSamples: 2000, budgetSeconds: measured),
            peakFLOPPerCycle: peak, overheadSeconds: setUp, leastSamplingSeconds: measured)
    }

    /// The stated peak in operations per cycle over all threads: of the variant itself, or for gemm of the best
    /// FMA variant that the cores can run. Threads that share a core share its units.
    private static func peak(
        of entry: CatalogEntry, kernel: FMAKernel?, cpus: [Int], machine: MachineDescription
    ) -> Double? {
        guard machine.topology.coreTypes.count <= 1 else { return nil }
        let cores = machine.topology.coreList.count { !Set($0.cpus).isDisjoint(with: cpus) }
        return (try? corePeak(of: entry.elementType, variant: kernel?.variant, cpu: machine.cpu).get())
            .map { $0 * Double(cores) }
    }

    /// Why no peak is stated; nil when one is.
    private static func peakUnknown(_ machine: MachineDescription) -> String? {
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

    /// Drops work until the least of it fits, what the index counts last, then gives what time is left to the
    /// sampling budgets.
    private static func fit(_ plan: inout MeasurementPlan, duration: Double) throws {
        while plan.leastSeconds > duration {
            let next = plan.measurements.indices.max {
                let (a, b) = (plan.measurements[$0], plan.measurements[$1])
                let (first, second) = (
                    isCounted(scope: a.scope, order: a.order), isCounted(scope: b.scope, order: b.order)
                )
                return (first ? 0 : 1, a.leastSeconds) < (second ? 0 : 1, b.leastSeconds)
            }
            guard let next, plan.measurements.count > 1 else {
                if let only = plan.measurements.first {
                    throw PlanError.durationTooShort(asked: duration, needed: only.leastSeconds, name: only.name)
                }
                return
            }
            let dropped = plan.measurements.remove(at: next)
            plan.skipped.append(
                skipping(
                    dropped, code: "does-not-fit-duration",
                    reason: "it would take about \(Int(dropped.leastSeconds.rounded(.up))) s; pass a longer --duration")
            )
        }
        // The rest goes to the products: there the interval is widest. No more than half of it is promised, as the
        // estimates are rough.
        let products = plan.measurements.indices.filter { plan.measurements[$0].order != nil }
        guard !products.isEmpty else { return }
        let share = (duration - plan.leastSeconds) / 2 / Double(products.count)
        for index in products { plan.measurements[index].sampling.budgetSeconds += share }
    }
}
