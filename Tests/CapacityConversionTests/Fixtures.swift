// Fixtures.swift: a record that passes every gate, to be spoiled in one thing at a time.

import CapacityConversion
import CapacityIndex
import Quantities
import ResultRecord

let now = Timestamp("2026-11-23T12:00:00Z")!

/// One gemm at node scope; samples of `seconds` each at the given rates in GFLOPS.
func gemm(
    _ n: Int, gigaflops: [Double], dtype: ElementType = .f32, library: String = "openblas", threads: Int = 8,
    peak: Double? = 200, seconds: Double = 0.5
) -> ResultEntry {
    let work = 2 * Double(n) * Double(n) * Double(n)
    var entry = ResultEntry(
        name: "gemm/\(dtype.rawValue)/\(library)/node", unit: "FLOPS",
        params: ResultParameters(
            n: n, dtype: dtype, isa: nil, threads: threads, placement: "bind:0", cpus: "0-\(threads - 1)"),
        status: .ok)
    // As many multiplications as make up `seconds` at the first rate; at least one.
    entry.iterationsPerSample = max(1, Int(seconds * (gigaflops.first ?? 1) * 1e9 / work))
    entry.flopPerIteration = work
    entry.rate = gigaflops.reduce(0, +) / Double(max(1, gigaflops.count)) * 1e9
    entry.samples = gigaflops.enumerated().map {
        Sample(startSeconds: Double($0) * seconds, value: $1 * 1e9, cpuSeconds: nil, round: 0)
    }
    entry.theoreticalPeak = peak.map { $0 * 1e9 }
    entry.checks = [CheckOutcome(kind: "freivalds", residual: 0.5, tolerance: 16, passed: true, count: 1)]
    return entry
}

/// 100 GFLOPS at n = 1024 and 150 at n = 2048, steady.
let steadyResults = [
    gemm(1024, gigaflops: [100, 101, 99, 100, 100]), gemm(2048, gigaflops: [150, 151, 149, 150, 150]),
]

func record(
    _ results: [ResultEntry] = steadyResults, _ change: (inout ResultRecord) -> Void = { _ in }
) -> ResultRecord {
    var machine = MachineDescription()
    machine.host.machineIDHash = "a1b2"
    machine.host.machineIDSource = "machine-id"
    machine.host.name = "n1"
    machine.cpu.modelName = "Test CPU"
    machine.topology.cores = 8
    var record = ResultRecord(
        runID: "00000000-0000-4000-8000-000000000001", startedAt: "2026-11-23T10:00:00Z",
        endedAt: "2026-11-23T10:01:00Z", durationSeconds: 60,
        tool: ToolDescription(
            version: "1", gitCommit: nil, buildConfig: "release", compiler: "swift", sha256: "ab"),
        argv: [], configHash: "cd", seed: 1, machine: machine)
    record.results = results
    record.digest = "ef"
    change(&record)
    return record
}

func convert(
    _ record: ResultRecord, policy: ConversionPolicy = .fp32Native, provenance: Provenance = .verified,
    asOf: Timestamp = now, others: [RunWindow] = []
) throws -> Conversion {
    CapacityConverter(policy: policy).convert(
        try NodeMeasurement(record), provenance: provenance, asOf: asOf, now: now, others: others)
}

extension Conversion {
    var contribution: Contribution? {
        if case .accepted(let contribution) = self { contribution } else { nil }
    }

    /// Every finding of that verdict.
    func findings(_ verdict: GateVerdict) -> [Finding] {
        gates.flatMap(\.findings).filter { $0.verdict == verdict }
    }

    func reasons(_ verdict: GateVerdict) -> [ReasonCode] { findings(verdict).map(\.reason) }
}
