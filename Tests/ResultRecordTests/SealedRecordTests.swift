// SealedRecordTests.swift: a record survives being written, and nothing else passes for one.

import Foundation
import Quantities
import ResultRecord
import TestSupport
import Testing

/// A small record whose figures agree with each other: 100, 50 and 100 GFLOPS take 1, 2 and 1 units of time for equal
/// work, so the sustained rate is 3 / (4 / 100) = 75.
private func record() -> ResultRecord {
    var record = ResultRecord(
        runID: "2b7e1516-28ae-4d2a-abf7-158809cf4f3c", startedAt: "2026-11-23T10:00:00Z",
        endedAt: "2026-11-23T10:01:00Z", durationSeconds: 60,
        tool: ToolDescription(version: "1", gitCommit: nil, buildConfig: "release", compiler: "c", sha256: nil),
        argv: ["suanli", "run"], configHash: String(repeating: "a", count: 64), seed: 1, machine: MachineDescription())
    var entry = ResultEntry(
        name: "gemm/f64/openblas/core", unit: "FLOPS",
        params: ResultParameters(n: 1024, dtype: .f64, isa: nil, threads: 1, placement: "bind:0", cpus: "0"),
        status: .ok)
    entry.rate = 75e9
    entry.burst = 100e9
    entry.theoreticalPeak = 110e9
    entry.samples = [100e9, 50e9, 100e9].map { Sample(startSeconds: 0, value: $0, cpuSeconds: nil, round: 0) }
    entry.checks = [CheckOutcome(kind: "freivalds", residual: 0.1, tolerance: 16, passed: true, count: 3)]
    record.results = [entry]
    return record
}

private func read(_ text: String) throws -> SealedRecord {
    try SealedRecord(reading: Array(text.utf8), origin: "r.json")
}

/// The error that reading `text` ends in.
private func fault(_ text: String) -> RecordError? { #expect(throws: RecordError.self) { try read(text) } }

@Suite("Sealed records")
struct SealedRecordTests {
    @Test("what is read is what was sealed, also after reformatting")
    func roundTrip() throws {
        let sealed = try SealedRecord(sealing: record())
        let back = try read(sealed.canonicalJSON)
        #expect(back == sealed)
        let tree = try JSONSerialization.jsonObject(with: Data(sealed.canonicalJSON.utf8))
        let pretty = try JSONSerialization.data(withJSONObject: tree, options: [.prettyPrinted])
        #expect(try read(String(decoding: pretty, as: UTF8.self)).digest == sealed.digest)
    }

    @Test("unknown fields are written as null, not left out")
    func nulls() throws {
        let text = try SealedRecord(sealing: record()).canonicalJSON
        #expect(text.contains("\"governor\":null") && text.contains("\"site\":null"))
    }

    @Test("word of the delivery does not change the digest")
    func delivered() throws {
        let sealed = try SealedRecord(sealing: record())
        let delivered = try sealed.delivered(
            SubmissionRecord(endpoint: "s", idempotencyKey: "k", attempts: 1, acceptedAt: "2026-11-23T10:02:00Z"))
        #expect(delivered.digest == sealed.digest)
        #expect(try read(delivered.canonicalJSON).record.submission?.endpoint == "s")
    }

    @Test("a change of any figure, or an added key, is noticed")
    func edited() throws {
        let text = try SealedRecord(sealing: record()).canonicalJSON
        for (old, new) in [
            ("75000000000", "76000000000"), ("\"seed\":1", "\"seed\":2"), ("{\"argv\"", "{\"a\":1,\"argv\""),
        ] {
            let changed = text.replacingOccurrences(of: old, with: new)
            #expect(changed != text)
            guard case .digestMismatch? = fault(changed) else {
                Issue.record("\(old) → \(new) was not noticed")
                continue
            }
        }
    }

    @Test("a truncated file is told from an edited one, at every length", arguments: [0, 1, 100, 1000])
    func truncated(length: Int) throws {
        let text = try SealedRecord(sealing: record()).canonicalJSON
        guard case .notJSON? = fault(String(text.prefix(length))) else {
            Issue.record("a file cut at \(length) was taken for something else")
            return
        }
    }

    @Test("a newer schema, another JSON file and an unsealed record are named")
    func others() throws {
        #expect(fault(#"{"schema":2}"#) == .newerSchema("r.json", found: 2))
        guard case .notARecord? = fault(#"{"a":1}"#) else { Issue.record("taken for a record"); return }
        #expect(fault(#"{"schema":1}"#) == .notSealed("r.json"))
    }

    /// A change that makes a figure impossible.
    enum Spoiling: CaseIterable {
        case negativeRate, rateBesideSamples, rateAbovePeak, zeroSample, noChecks, failedWithRate

        func apply(to entry: inout ResultEntry) {
            switch self {
            case .negativeRate: entry.rate = -1
            case .rateBesideSamples: entry.rate = 80e9
            case .rateAbovePeak: entry.theoreticalPeak = 0.97 * (entry.rate ?? 0)
            case .zeroSample: entry.samples[1].value = 0
            case .noChecks: entry.checks = []
            case .failedWithRate: entry.status = .failed
            }
        }

        /// The field that the error names.
        var field: String {
            switch self {
            case .negativeRate, .rateBesideSamples, .failedWithRate: "rate"
            case .rateAbovePeak: "rate"
            case .zeroSample: "samples[1].value"
            case .noChecks: "checks"
            }
        }
    }

    @Test("impossible figures are refused although the digest is right", arguments: Spoiling.allCases)
    func impossible(spoiling: Spoiling) throws {
        var spoiled = record()
        spoiling.apply(to: &spoiled.results[0])
        guard case .impossibleValue(_, let value)? = fault(try SealedRecord(sealing: spoiled).canonicalJSON) else {
            Issue.record("it was accepted")
            return
        }
        #expect(value.path.hasSuffix(spoiling.field))
    }

    @Test("NaN is not JSON, and a run that ends before it starts is impossible")
    func notANumber() throws {
        let text = try SealedRecord(sealing: record()).canonicalJSON
        guard case .notJSON? = fault(text.replacingOccurrences(of: "75000000000", with: "NaN")) else {
            Issue.record("NaN was accepted")
            return
        }
        var backwards = record()
        backwards.endedAt = "2026-11-23T09:00:00Z"
        guard case .impossibleValue? = fault(try SealedRecord(sealing: backwards).canonicalJSON) else {
            Issue.record("a run backwards in time was accepted")
            return
        }
    }

    @Test("random damage never passes and never crashes")
    func fuzzed() throws {
        let original = Array(try SealedRecord(sealing: record()).canonicalJSON.utf8)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var bytes = original
            let position = Int.random(in: bytes.indices, using: &generator)
            let value = UInt8.random(in: 0...255, using: &generator)
            guard bytes[position] != value else { continue }
            bytes[position] = value
            let outcome = Result { try SealedRecord(reading: bytes, origin: "r") }
            // What still reads must be the same value spelled otherwise: "\\/" for "/", say.
            if case .success(let sealed) = outcome {
                #expect(sealed.canonicalJSON == String(decoding: original, as: UTF8.self))
            }
        }
    }
}

@Suite("Record files")
struct RecordFileTests {
    @Test("a file is replaced whole, with its directories made, and nothing is left beside it")
    func written() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a/b/r.json")
        try RecordFile.write("one", to: path)
        try RecordFile.write("two", to: path)
        #expect(try directory.text("a/b/r.json") == "two\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.file("a/b")) == ["r.json"])
    }

    @Test("a path that cannot be written is told before measuring")
    func unwritable() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("", to: "plain")
        #expect(throws: RecordWriteError.self) { try RecordFile.checkWritable(file + "/r.json") }
        let folder = #expect(throws: RecordWriteError.self) { try RecordFile.checkWritable(directory.path) }
        #expect(folder?.exitStatus == .usage)
        #expect(throws: RecordWriteError.self) { try RecordFile.checkWritable("/proc/suanli.json") }
    }

    @Test("checking leaves an existing file alone")
    func checked() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("kept", to: "r.json")
        try RecordFile.checkWritable(path)
        #expect(try directory.text("r.json") == "kept")
    }
}

@Suite("CPU sets")
struct CPUSetTests {
    @Test(
        "the kernel's list notation, both ways",
        arguments: [
            ("0-3,8", [0, 1, 2, 3, 8]), ("", []), ("5", [5]), ("0-7:2", [0, 2, 4, 6]), ("3,1,2,2", [1, 2, 3]),
        ])
    func parsed(text: String, numbers: [Int]) throws {
        let set = try #require(CPUSet(list: text))
        #expect(set.numbers == numbers)
        #expect(CPUSet(list: set.description) == set)
    }

    @Test(
        "malformed lists are refused", arguments: ["a", "1-", "-1", "3-1", "1,,2", "0-3:0", "1-2-3", "99999999", "+1"])
    func malformed(text: String) {
        #expect(CPUSet(list: text) == nil)
    }
}
