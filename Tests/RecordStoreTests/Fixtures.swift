// Fixtures.swift: stores in temporary directories, and measurements to put into them.

import CapacityConversion
import CapacityIndex
import Quantities
import RecordStore
import ResultRecord
import TestSupport
import Testing

let now = Timestamp("2026-11-23T12:00:00Z")!

/// A directory of its own for one test, removed afterwards.
func withDirectory<Value>(_ body: (String) throws -> Value) throws -> Value {
    let directory = try TemporaryDirectory()
    return try withExtendedLifetime(directory) { try body(directory.path) }
}

func withStore<Value>(_ body: (RecordStore) throws -> Value) throws -> Value {
    try withDirectory { try body(RecordStore(path: $0 + "/index.sqlite", purpose: .submit)) }
}

/// A record that every gate lets pass, at `gigaflops` for all sizes; `completed: false` makes it one that is refused.
func record(
    _ runID: String, node: String? = "n1", gigaflops: Double = 100, endedAt: String = "2026-11-23T10:00:00Z",
    completed: Bool = true, site: String? = nil
) -> ResultRecord {
    var machine = MachineDescription()
    machine.host.machineIDHash = node
    machine.topology.cores = 8
    let end = Timestamp(endedAt)!
    var record = ResultRecord(
        runID: runID, startedAt: end.advanced(byDays: -60 / Timestamp.secondsPerDay).description, endedAt: endedAt,
        durationSeconds: 60,
        tool: ToolDescription(version: "1", gitCommit: nil, buildConfig: "release", compiler: "swift", sha256: "ab"),
        argv: [], configHash: "cd", seed: 1, machine: machine)
    record.completed = completed
    record.site = site
    record.results = [1024, 2048].map { n in
        let work = 2 * Double(n) * Double(n) * Double(n)
        var entry = ResultEntry(
            name: "gemm/f32/openblas/node", unit: "FLOPS",
            params: ResultParameters(n: n, dtype: .f32, isa: nil, threads: 8, placement: "bind:0", cpus: "0-7"),
            status: .ok)
        entry.flopPerIteration = work
        entry.iterationsPerSample = Int(gigaflops * 1e9 / work) + 1
        entry.rate = gigaflops * 1e9
        entry.burst = gigaflops * 1e9
        entry.samples = (0..<5).map {
            Sample(startSeconds: Double($0), value: gigaflops * 1e9, cpuSeconds: nil, round: 0)
        }
        entry.theoreticalPeak = 1e12
        entry.checks = [CheckOutcome(kind: "freivalds", residual: 0.5, tolerance: 16, passed: true, count: 1)]
        return entry
    }
    return record
}

extension RecordStore {
    @discardableResult
    func submit(_ record: ResultRecord) throws -> SubmissionReceipt {
        let sealed = try SealedRecord(sealing: record)
        return try submit(
            canonicalJSON: sealed.canonicalJSON, measurement: NodeMeasurement(sealed.record), receivedAt: now)
    }

    func current(asOf: Timestamp = now, policy: ConversionPolicy = .fp32Native) throws -> StoredContributions {
        try currentContributions(converter: CapacityConverter(policy: policy), asOf: asOf, now: now)
    }
}

/// The fault of the error that `body` throws.
func fault(_ body: () throws -> Void) -> StoreError.Fault? {
    do {
        try body()
        return nil
    } catch {
        return (error as? StoreError)?.fault
    }
}
