// PlannedWork+Matrices.swift: orders, placement and times of matrix products and factorisations.

import ComputeKernels
import MachineProbe
import Quantities

extension PlannedWork {
    /// Each tier's matrix orders; those that the index counts are among them.
    /// Ascending; of those that do not fit, the first is listed as skipped.
    static func orders(_ tier: Tier, _ scope: Scope) -> [Int] {
        switch (tier, scope) {
        case (.quick, .node): [1024, 2048]
        case (.quick, _): [1024]
        case (.standard, .node): [256, 1024, 2048, 4096]
        case (.standard, _): [256, 1024, 2048]
        case (.thorough, _): [64, 128, 192, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
        }
    }

    /// Orders of the own product: the witness of the library's figures rather than a second set of them.
    private func orders(of entry: CatalogEntry) -> [Int] {
        if let asked = request.orders { return asked }
        let all = Self.orders(tier, entry.scope)
        guard case .gemm(.own) = entry.kind else { return all }
        // Variants that are not the best one are slow, scalar ones very.
        if entry.firstTier == .thorough { return [1024] }
        return switch tier {
        case .quick: [1024]
        case .standard: [2048]
        case .thorough: all.filter { $0 <= 8192 }
        }
    }

    /// Products timed at the least per size; gate G3 asks for five.
    static let fewestProducts = 5

    /// Share of the FMA peak that time estimates assume a matrix routine reaches.
    static let assumedEfficiency = 0.75

    /// Products of one type, scope and order are sampled in turn, so that their ratio is of the same minutes.
    mutating func addProducts(_ entries: [CatalogEntry]) {
        var tooLarge: Set<CatalogEntry> = []
        var number = 0
        for elementType in ElementType.matrixTypes {
            for scope in Scope.allCases {
                let rivals = entries.filter { $0.elementType == elementType && $0.scope == scope }
                for group in groups(scope) {
                    for n in Set(rivals.flatMap(orders(of:))).sorted() {
                        number += 1
                        for entry in rivals where orders(of: entry).contains(n) && !tooLarge.contains(entry) {
                            guard case .gemm(let source) = entry.kind else { continue }
                            var planned = product(n, source, entry, elementType, cpus: group.cpus)
                            planned.interleaving = number
                            let bytes = 3 * Double(n) * Double(n) * Double(elementType.bytes)
                            if !appendIfFitting(planned, bytes: bytes, what: "three matrices") {
                                tooLarge.insert(entry)
                            }
                        }
                    }
                }
            }
        }
    }

    private func product(
        _ n: Int, _ source: ProductSource, _ entry: CatalogEntry, _ elementType: ElementType, cpus: [Int]
    ) -> PlannedMeasurement {
        let order = Double(n)
        let flop = 2 * order * order * order
        let secondsPerProduct = secondsFor(flop, elementType, source, cpus: cpus)
        var planned = PlannedMeasurement(
            name: entry.name, kernel: .gemm(source), order: n, elementType: elementType, scope: entry.scope, cpus: cpus,
            placement: placement(for: cpus),
            sampling: SamplingLimits(
                targetHalfWidth: targetHalfWidth, minimumSamples: Self.fewestProducts, minimumSeconds: 0,
                maximumSamples: 2000, budgetSeconds: 0),
            unit: elementType.unit, workPerIteration: flop, flopPerIteration: flop,
            // The least a product must move: A and B in, C out.
            bytesPerIteration: 3 * order * order * Double(elementType.bytes),
            peakPerCycle: peak(of: elementType, variant: nil, cpus: cpus),
            // Warm-up, the product of our own to compare with, about 60 ns per matrix element to fill and witness.
            overheadSeconds: ProductSampler.warmUpSeconds + 60e-9 * order * order
                + (n <= ProductSampler.largestReference
                    ? secondsFor(flop, elementType, source, cpus: Array(cpus.prefix(1))) : 0),
            revisitSeconds: ProductSampler.warmUpSeconds, leastSamplingSeconds: 0)
        // Gate G4 asks for a second of measured time of what the index counts; more of it passes G3 more often on
        // machines that are shared. A short --duration leaves each of the four no more than the gate asks for.
        let least = max(1.1, duration / 8)
        let counted = Self.isCounted(planned)
        let minimum =
            switch tier {
            case .quick: counted ? min(1.3, least) : 0.4
            case .standard: counted ? min(3.0, least) : 1.0
            case .thorough: counted ? min(10.0, least) : n < 1024 ? 1.0 : 2.0
            }
        planned.visits = Self.visits
        planned.sampling.minimumSeconds = minimum
        planned.leastSamplingSeconds = max(minimum, Double(Self.fewestProducts) * secondsPerProduct)
        return planned
    }

    private func secondsFor(_ flop: Double, _ elementType: ElementType, _ source: ProductSource?, cpus: [Int]) -> Double
    {
        var peak = peak(of: elementType, variant: nil, cpus: cpus)
        if case .own(let kernel)? = source, kernel.architecture == "any" { peak = nil }
        // A core whose peak is not known is taken for a slow one: four operations per cycle. So is plain C.
        return flop / ((peak ?? 4 * Double(cpus.count)) * facts.clockHertz * Self.assumedEfficiency)
    }

    private var targetHalfWidth: Double {
        switch tier {
        case .quick: 0.02
        case .standard: 0.01
        case .thorough: 0.005
        }
    }

    /// On the CPUs' own memory; page by page over several nodes.
    private func placement(for cpus: [Int]) -> MemoryPlacement {
        let places = Set(cpus.map(facts.nearestMemory))
        if places.count == 1, let only = places.first { return only }
        return .interleave(nodes: Set(places.flatMap(\.nodes)).sorted())
    }

    mutating func addFactorisation(by library: Int, _ entry: CatalogEntry) {
        guard let elementType = entry.elementType else { return }
        let orders =
            request.orders
            ?? (tier == .thorough && entry.scope == .node ? [2000, 4000, 8000, 16000, 32000, 64000] : [4000])
        for group in groups(entry.scope) {
            for n in orders.sorted() {
                let order = Double(n)
                let flop = LUSampler.operations(order: n)
                // Panels and pivoting run below the speed of products.
                let seconds = secondsFor(flop, elementType, nil, cpus: group.cpus) * 1.3
                let bytes = Double(LUSampler.byteCount(order: n, elementBytes: elementType.bytes))
                let planned = PlannedMeasurement(
                    name: entry.name, kernel: .lu(library: library), order: n, elementType: elementType,
                    scope: entry.scope, cpus: group.cpus, placement: placement(for: group.cpus),
                    sampling: SamplingLimits(
                        targetHalfWidth: targetHalfWidth, minimumSamples: Self.visits,
                        // Thirty small ones are enough: setting each up takes far longer than solving it.
                        minimumSeconds: min(0.5, 30 * seconds),
                        maximumSamples: 500, budgetSeconds: max(0.5, Double(Self.visits) * seconds)),
                    visits: Self.visits,
                    unit: elementType.unit, workPerIteration: flop, flopPerIteration: flop,
                    // The least: the matrix in, its factors out.
                    bytesPerIteration: 2 * order * order * Double(elementType.bytes),
                    peakPerCycle: peak(of: elementType, variant: nil, cpus: group.cpus),
                    // One factorisation to warm up; the matrix is restored and the residual computed for each.
                    overheadSeconds: 0.1 * seconds + 60e-9 * order * order,
                    revisitSeconds: 0.1 * seconds + 60e-9 * order * order,
                    leastSamplingSeconds: max(0.5, Double(Self.visits) * seconds))
                if !appendIfFitting(planned, bytes: bytes, what: "the matrix and its copy") { break }
            }
        }
    }
}
