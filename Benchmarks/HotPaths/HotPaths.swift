// HotPaths.swift: the list of benchmarks, one file per hot path, and how far a count may move from Thresholds/.

import Benchmark

let benchmarks: @Sendable () -> Void = {
    // Nothing that depends on the clock has a threshold: a shared machine's minutes differ more than its code.
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .allocations], warmupIterations: 2, maxDuration: .seconds(2), maxIterations: 100,
        thresholds: [.allocations: .within(percent: 5)])
    samplerBenchmarks()
    packingBenchmarks()
    recordBenchmarks()
    indexBenchmarks()
}

extension BenchmarkThresholds {
    static func within(percent: Double) -> BenchmarkThresholds { .init(relative: [.p90: percent]) }
    /// Not one more than the committed count.
    static var exactly: BenchmarkThresholds { .init(absolute: [.p90: 0]) }
}
