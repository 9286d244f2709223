// Metrics.swift: what these benchmarks report beside the framework's own metrics.

import Benchmark
import CAllocationCount

extension BenchmarkMetric {
    /// Allocations of the benchmark's thread, per iteration.
    static var allocations: BenchmarkMetric { .custom("Allocations", polarity: .prefersSmaller) }
    /// Time beside the kernel inside a slice's two clock readings, in millionths of a slice.
    static var shareOfSlice: BenchmarkMetric { .custom("Share of a slice (ppm)", polarity: .prefersSmaller) }
    static var nanosecondsPerSlice: BenchmarkMetric { .custom("Whole empty slice (ns)", polarity: .prefersSmaller) }
    /// Time of one thing over the time of another that was run in turn with it, in thousandths.
    static func ratio(_ name: String) -> BenchmarkMetric { .custom(name + " (‰)", polarity: .prefersSmaller) }
}

extension Benchmark {
    /// Runs `body` as the measured part and reports its allocations.
    func measureAllocating<Result>(_ body: () throws -> Result) rethrows {
        startMeasurement()
        let before = sl_allocations_of_this_thread()
        Self.blackHole(try body())
        let after = sl_allocations_of_this_thread()
        stopMeasurement()
        measurement(.allocations, Int(after - before))
    }
}

/// Median of an odd or even number of values; the upper one of the middle two.
func median<Value: Comparable>(_ values: [Value]) -> Value { values.sorted()[values.count / 2] }

/// The median of seconds(a) / seconds(b) over pairs run in alternating order, in thousandths.
func ratioInTurn(pairs: Int, _ a: () -> Void, _ b: () -> Void) -> Int {
    let clock = ContinuousClock()
    let ratios = (0..<pairs).map { pair in
        let first = pair.isMultiple(of: 2) ? clock.measure(a) : clock.measure(b)
        let second = pair.isMultiple(of: 2) ? clock.measure(b) : clock.measure(a)
        return pair.isMultiple(of: 2) ? first / second : second / first
    }
    return Int((median(ratios) * 1000).rounded())
}
