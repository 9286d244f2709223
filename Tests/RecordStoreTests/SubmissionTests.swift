// SubmissionTests.swift: each record is taken once, whoever submits it and how often.

import CapacityConversion
import CapacityIndex
import Foundation
import RecordStore
import ResultRecord
import Synchronization
import Testing

@Suite struct SubmissionTests {
    @Test("the same record twice is one record")
    func idempotent() throws {
        try withStore { store in
            let first = try store.submit(record("r1"))
            let second = try store.submit(record("r1"))
            #expect(first == SubmissionReceipt(outcome: .accepted, replacedRunID: nil))
            #expect(second == SubmissionReceipt(outcome: .alreadyPresent, replacedRunID: nil))
            #expect(try store.recordCount() == 1)
        }
    }

    @Test("another record under the same run id is refused, and the first one stays")
    func conflict() throws {
        try withStore { store in
            try store.submit(record("r1"))
            let other = record("r1", gigaflops: 200)
            let stored = try SealedRecord(sealing: record("r1")).digest
            let offered = try SealedRecord(sealing: other).digest
            #expect(
                fault { try store.submit(other) } == .runIDTaken(runID: "r1", stored: stored, offered: offered))
            #expect(try store.current().contributions.map(\.equivalent.value) == [100e9])
        }
    }

    @Test("a record without a digest is refused")
    func unsealed() throws {
        try withStore { store in
            let measurement = try NodeMeasurement(record("r1"))
            #expect(
                fault { _ = try store.submit(canonicalJSON: "{}", measurement: measurement, receivedAt: now) }
                    == .notSealed(runID: "r1"))
        }
    }

    @Test("a newer run of a node replaces the one before; an older one that comes late does not")
    func replacement() throws {
        try withStore { store in
            try store.submit(record("r1", endedAt: "2026-11-10T00:00:00Z"))
            #expect(try store.submit(record("r2", endedAt: "2026-11-20T00:00:00Z")).replacedRunID == "r1")
            #expect(try store.submit(record("r0", endedAt: "2026-11-01T00:00:00Z")).replacedRunID == nil)
            #expect(try store.submit(record("x", node: "n2")).replacedRunID == nil)
            #expect(try store.submit(record("r3", endedAt: "2026-11-21T00:00:00Z")).replacedRunID == "r2")
            #expect(try store.current().contributions.map(\.origin.runID) == ["r3", "x"])
        }
    }

    @Test("the whole record comes back as it was submitted")
    func wholeRecord() throws {
        try withStore { store in
            let sealed = try SealedRecord(sealing: record("r1", site: "实验室"))
            try store.submit(record("r1", site: "实验室"))
            let text = try #require(try store.record(runID: "r1"))
            #expect(text == sealed.canonicalJSON)
            #expect(try SealedRecord(reading: Array(text.utf8), origin: "store").digest == sealed.digest)
            #expect(try store.record(runID: "r2") == nil)
        }
    }

    @Test("a store keeps what it took when it is opened again")
    func reopen() throws {
        try withDirectory { directory in
            let path = directory + "/a/b/index.sqlite"
            try RecordStore(path: path, purpose: .submit).submit(record("r1"))
            #expect(try RecordStore(path: path, purpose: .read).recordCount() == 1)
        }
    }

    // Eight threads, each with a connection of its own as eight processes would have, the first to come makes the
    // store; each submits ten records of its own and one that all submit.
    @Test("submitters at the same time lose nothing and double nothing")
    func concurrent() throws {
        try withDirectory { directory in
            let path = directory + "/index.sqlite"
            let accepted = Mutex(0)
            let failures = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: 8) { submitter in
                do {
                    let store = try RecordStore(path: path, purpose: .submit, busyTimeout: 60)
                    for index in 0..<10 {
                        let own = try store.submit(record("run-\(submitter)-\(index)", node: "n\(submitter)"))
                        let shared = try store.submit(record("shared", node: "all"))
                        let count = [own, shared].count { $0.outcome == .accepted }
                        accepted.withLock { $0 += count }
                    }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
            #expect(failures.withLock { $0 } == [])
            #expect(accepted.withLock { $0 } == 81)
            let count = try RecordStore(path: path, purpose: .read).recordCount()
            #expect(count == 81)
        }
    }
}
