// RecordBenchmarks.swift: reading and writing one real record with all its samples.

import Benchmark
import _BenchmarkSupport

/// A record of the repository. A certain one, as the counts in Thresholds/ belong to it.
private let path = "results/amd-epyc-zen4-2c-kvm/20261123T174830Z-vm-6a7f552b.json"

func recordBenchmarks() {
    Benchmark("RecordDecoding") { (benchmark, record: RecordText) in
        try benchmark.measureAllocating { try record.decode() }
    } setup: {
        try RecordText(path: repository + path)
    }
    Benchmark("RecordEncoding") { (benchmark, record: RecordText) in
        try benchmark.measureAllocating { try record.encode() }
    } setup: {
        try RecordText(path: repository + path)
    }
}

/// Three components above this file: the repository, whatever the working directory is.
private let repository = #filePath.split(separator: "/").dropLast(3).reduce(into: "/") { $0 += $1 + "/" }
