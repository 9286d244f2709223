// SamplerBenchmarks.swift: what a slice costs beside its kernel. docs/performance.md compares whole runs.

import Benchmark
import CAllocationCount
import _BenchmarkSupport

func samplerBenchmarks() {
    for threads in [1, 2] where threads <= EmptySlices.usableCPUs {
        Benchmark(
            "EmptySlices-\(threads)",
            configuration: .init(
                metrics: [.allocations, .shareOfSlice, .nanosecondsPerSlice],
                // 500 ppm are committed: the promise is one part in a thousand.
                thresholds: [.allocations: .exactly, .shareOfSlice: .within(percent: 100)])
        ) { benchmark in
            let slices = try EmptySlices(count: 1000, threads: threads, allocationCount: sl_allocations_of_this_thread)
            let timed = Double(median(slices.timed))
            benchmark.measurement(.allocations, slices.allocations)
            benchmark.measurement(.shareOfSlice, Int(timed / EmptySlices.slice * 1e6))
            benchmark.measurement(.nanosecondsPerSlice, Int(slices.perSlice))
        }
    }
}
