// PackingBenchmarks.swift: packing of our own matrix product over a plain copy of the same block.

import Benchmark
import _BenchmarkSupport

func packingBenchmarks() {
    let ratio = BenchmarkMetric.ratio("Time of packing over copying")
    for operand in Packing.Operand.allCases {
        for elementType in ["f64", "f32"] {
            Benchmark(
                "Packing-\(operand.rawValue)-\(elementType)",
                configuration: .init(
                    metrics: [.allocations, ratio], thresholds: [.allocations: .exactly, ratio: .within(percent: 100)])
            ) { (benchmark, packing: Packing?) in
                guard let packing else { return benchmark.error("no product of our own in \(elementType)") }
                benchmark.measureAllocating { packing.pack() }
                benchmark.measurement(
                    ratio,
                    ratioInTurn(pairs: 101) {
                        packing.pack()
                    } _: {
                        packing.copy()
                    })
            } setup: {
                try Packing(operand, elementType: elementType)
            }
        }
    }
}
