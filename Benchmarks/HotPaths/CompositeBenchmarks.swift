// CompositeBenchmarks.swift: a composite index of 10,000 units, how its time grows with their number, and 1,000
// replications of a robustness analysis on all cores.

import Benchmark
import CompositeIndex

func compositeBenchmarks() {
    let growth = BenchmarkMetric.ratio("Time per unit, 10,000 over 1,000 units")
    Benchmark(
        "CompositeOf10000Units",
        configuration: .init(
            metrics: [.wallClock, .allocations, growth],
            // 1000 ‰ are committed, which is linear; sorting and memory beyond the caches add to that.
            thresholds: [.allocations: .within(percent: 5), growth: .within(percent: 100)])
    ) { (benchmark, tables: (large: CompositeData, small: CompositeData)) in
        benchmark.measureAllocating { index(of: tables.large) }
        benchmark.measurement(
            growth,
            ratioInTurn(pairs: 5) {
                blackHole(index(of: tables.large))
            } _: {
                for _ in 0..<10 { blackHole(index(of: tables.small)) }
            })
    } setup: {
        (try table(units: 10_000), try table(units: 1_000))
    }

    Benchmark("ThousandReplications", configuration: .init(metrics: [.wallClock])) {
        (benchmark, data: CompositeData) in
        var plan = RobustnessPlan(alternativesTo: definition, for: data)
        // 167 base points of 3 factors are 835 evaluations; weights one at a time are 167 more.
        plan.samples = 167
        benchmark.startMeasurement()
        blackHole(try await definition.robustness(for: data, plan: plan))
        benchmark.stopMeasurement()
    } setup: {
        try table(units: 50)
    }
}

private let indicatorCount = 50

/// 50 indicators in 5 groups, min–max, winsorised, geometric at the top.
private let definition: CompositeDefinition = {
    do {
        let tree = try IndicatorTree(
            indicators: (0..<indicatorCount).map { Indicator(code: "x\($0)", parent: "group-\($0 % 5)") },
            aggregates: [Aggregate(code: "index", parent: nil)]
                + (0..<5).map { Aggregate(code: "group-\($0)", parent: "index") })
        var method = CompositeMethod()
        method.treatment = .winsorise(limit: 5)
        method.normalisation = .minMax(lower: 1, upper: 100)
        return CompositeDefinition(tree: tree, method: method)
    } catch {
        preconditionFailure("50 indicators in 5 groups are a tree: \(error)")
    }
}()

private func index(of data: CompositeData) -> Double {
    do {
        return try definition.result(for: data).index[0] ?? 0
    } catch {
        preconditionFailure("positive scores have an index: \(error)")
    }
}

/// Numbers spread evenly by multiples of the golden ratio, another multiple in each column, with a long tail.
private func table(units: Int) throws -> CompositeData {
    let columns = (0..<indicatorCount).compactMap { column in
        DataColumn(
            (0..<units).map { row in
                let x = Double(row + 1) * 0.618_033_988_749_895 * Double(column + 1)
                return 1 / (0.02 + x - x.rounded(.down))
            })
    }
    return try CompositeData(
        units: (0..<units).map { CompositeUnit(code: "u\($0)") },
        indicators: DataTable(codes: (0..<indicatorCount).map { "x\($0)" }, columns: columns))
}
