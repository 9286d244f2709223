// Planner.swift: from a request and a machine to a plan. Pure: the same input gives the same plan.

import ComputeKernels
import MachineProbe
import Quantities
import ResultRecord

package enum Planner {
    /// Seconds for a whole run, unless --duration says otherwise.
    static func duration(_ tier: Tier) -> Double {
        switch tier {
        case .quick: 14
        case .standard: 86
        case .thorough: 570
        }
    }

    /// No single measurement is planned to take more than this share of the run's duration.
    static let largestShare = 0.35

    /// - Parameter libraries: BLAS libraries in the order of their positions.
    package static func plan(
        _ request: MeasurementRequest, facts: PlanningFacts, libraries: [PlanningLibrary]
    ) throws -> MeasurementPlan {
        let selection = try CPUSelection(request: request, facts: facts)
        let catalog = KernelCatalog(cpu: facts.machine.cpu, libraries: libraries, scopes: selection.scopes)
        let entries = try catalog.selection(filter: request.filter, skip: request.skip, tier: request.tier)
        let duration = request.duration ?? duration(request.tier)
        var work = PlannedWork(request: request, facts: facts, scopes: selection.scopes, duration: duration)
        for entry in entries {
            if case .fma(let kernel) = entry.kind { work.add(kernel, entry) }
        }
        work.addProducts(entries.filter { if case .gemm = $0.kind { true } else { false } })
        for entry in entries {
            switch entry.kind {
            case .fma, .gemm: break
            case .stream(let kernel): work.add(kernel, entry)
            case .latency(let level, let hugePages): work.addLatency(level, hugePages: hugePages, entry)
            case .lu(let library): work.addFactorisation(by: library, entry)
            }
        }
        work.addMaps(catalog: catalog)
        work.noteMissingRoutines(libraries, catalog: catalog)
        if work.measurements.isEmpty, let first = work.skipped.first {
            throw PlanError.nothingFits(name: first.name, reason: first.reason)
        }
        var plan = MeasurementPlan(
            tier: request.tier, seed: request.seed, measurements: work.measurements, skipped: work.skipped,
            cpus: selection.cpus, usesWholeNode: selection.usesWholeNode, duration: request.duration,
            peakUnknown: PlannedWork.peakUnknown(facts.machine), notes: selection.notes + work.notes)
        if let reason = plan.peakUnknown { plan.notes.append("shares of peak are not stated: \(reason)") }
        try fit(&plan, duration: duration)
        return plan
    }

    /// Drops work until the least of it fits, what the index counts last. What time is left goes where the intervals
    /// are widest, when they are known.
    private static func fit(_ plan: inout MeasurementPlan, duration: Double) throws {
        while plan.leastSeconds > duration {
            let next = plan.measurements.indices.max {
                let (a, b) = (plan.measurements[$0], plan.measurements[$1])
                let (first, second) = (PlannedWork.isCounted(a), PlannedWork.isCounted(b))
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
                SkippedMeasurement(
                    dropped, code: "does-not-fit-duration",
                    reason: "it would take about \(Int(dropped.leastSeconds.rounded(.up))) s; pass a longer --duration")
            )
        }
    }
}

extension SkippedMeasurement {
    init(_ planned: PlannedMeasurement, code: String, reason: String) {
        self.init(
            name: planned.name, unit: planned.unit, elementType: planned.elementType, n: planned.order,
            level: planned.workingSet?.level, threads: planned.cpus.count, code: code, reason: reason)
    }
}

extension Tier: Comparable {
    private var rank: Int {
        switch self {
        case .quick: 0
        case .standard: 1
        case .thorough: 2
        }
    }

    package static func < (left: Tier, right: Tier) -> Bool { left.rank < right.rank }
}
