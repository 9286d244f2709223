// IndexBenchmarks.swift: adding up a thousand nodes, and how the time grows with their number.

import Benchmark
import CapacityIndex

func indexBenchmarks() {
    let growth = BenchmarkMetric.ratio("Time per node, 1000 over 100 nodes")
    Benchmark(
        "IndexOf1000Nodes",
        configuration: .init(
            metrics: [.wallClock, .allocations, growth],
            // 1000 ‰ are committed, which is linear; 2000 would be on the way to quadratic, which is 10000.
            thresholds: [.allocations: .within(percent: 5), growth: .within(percent: 100)])
    ) { (benchmark, contributions: [Contribution]) in
        benchmark.measureAllocating { total(of: contributions) }
        benchmark.measurement(
            growth,
            ratioInTurn(pairs: 5) {
                blackHole(total(of: contributions))
            } _: {
                for part in 0..<10 { blackHole(total(of: Array(contributions[part * 100..<(part + 1) * 100]))) }
            })
    } setup: {
        try (0..<1000).map(contribution)
    }
}

private let date = Timestamp("2026-11-23T00:00:00Z")!

private func total(of contributions: [Contribution]) -> Double {
    do {
        return try IndexSnapshot(
            contributions: contributions, asOf: date, policy: .fp32Native, perimeter: .local, mix: MixID("gemm/1")!
        ).total.capacity.value
    } catch {
        preconditionFailure("contributions of one policy have a sum: \(error)")
    }
}

/// One of 1000 nodes: 20 sites in 4 regions, rates between 1 and 2 TFLOPS.
private func contribution(_ index: Int) throws -> Contribution {
    let node = "node-\(index)"
    return try Contribution(
        nodeID: node,
        origin: RunOrigin(
            nodeID: node, runID: "run-\(index)", site: "site-\(index % 20)", region: "region-\(index % 4)",
            measuredAt: date),
        computeClass: .general, measuredPrecision: .fp32,
        equivalent: Capacity(
            value: 1e12 * (1 + Double(index) / 1000), relativeRandom: 0.01, relativeSystematic: 0.005,
            precision: .fp32, policy: ConversionPolicy.fp32Native.id, basis: .measured, perimeter: .local, asOf: date))
}
