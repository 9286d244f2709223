// StoredIndexTests.swift: the newest valid run of each node counts, at any date.

import CapacityConversion
import CapacityIndex
import Foundation
import RecordStore
import ResultRecord
import Testing

@Suite struct StoredIndexTests {
    @Test("a refused newest run is listed and does not hide the older valid one")
    func refusedNewest() throws {
        try withStore { store in
            try store.submit(record("good", gigaflops: 100, endedAt: "2026-11-10T00:00:00Z"))
            try store.submit(record("bad", gigaflops: 200, endedAt: "2026-11-20T00:00:00Z", completed: false))
            let current = try store.current()
            #expect(current.contributions.map(\.origin.runID) == ["good"])
            #expect(current.refused.map(\.origin.runID) == ["bad"])
            #expect(current.refused[0].rejections.map(\.reason) == [.interrupted])
        }
    }

    @Test("the order of submission does not matter")
    func outOfOrder() throws {
        let records = [
            record("r1", gigaflops: 100, endedAt: "2026-11-01T00:00:00Z"),
            record("r2", gigaflops: 110, endedAt: "2026-11-10T00:00:00Z"),
            record("r3", gigaflops: 120, endedAt: "2026-11-20T00:00:00Z", completed: false),
        ]
        var results: [StoredContributions] = []
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            try withStore { store in
                for index in order { try store.submit(records[index]) }
                results.append(try store.current())
            }
        }
        #expect(results[0].contributions.map(\.origin.runID) == ["r2"])
        #expect(results[1] == results[0] && results[2] == results[0])
    }

    @Test("an earlier date sees what was measured by then")
    func history() throws {
        try withStore { store in
            try store.submit(record("new", gigaflops: 200, endedAt: "2026-11-20T00:00:00Z"))
            try store.submit(record("old", gigaflops: 100, endedAt: "2025-11-20T00:00:00Z"))
            let then = Timestamp("2025-11-23")!
            #expect(try store.current(asOf: then).contributions.map(\.origin.runID) == ["old"])
            #expect(try store.measurements(asOf: then).map(\.measurement.origin.runID) == ["old"])
            let newest = try store.measurements(asOf: now)
            #expect(newest.map(\.measurement.origin.runID) == ["new"])
            #expect(newest.map(\.runCount) == [2])
            #expect(try store.current(asOf: Timestamp("2025-01-01")!).contributions.isEmpty)
        }
    }

    @Test("growth is against the same date a year earlier, or not stated")
    func growth() throws {
        try withStore { store in
            let converter = CapacityConverter()
            try store.submit(record("new", gigaflops: 230, endedAt: "2026-11-20T00:00:00Z"))
            let without = try store.snapshot(converter: converter, asOf: now, now: now)
            #expect(without.growth == .failure(.noHistory(before: now.oneYearEarlier)))
            try store.submit(record("old", gigaflops: 180, endedAt: "2025-11-20T00:00:00Z"))
            let growth = try store.snapshot(converter: converter, asOf: now, now: now).growth.get()
            #expect(abs(growth.fraction - 0.27778) < 1e-5)
            // Neither run scatters; both are 3½ days old, and each has aged by δ · 3.5 / 365 of its value.
            let aged = 0.10 * 3.5 / 365
            #expect(abs(growth.uncertainty / (230.0 / 180 * aged * 2.0.squareRoot()) - 1) < 1e-9)
        }
    }

    @Test("a run from the future is listed, and does not hide the present one")
    func future() throws {
        try withStore { store in
            try store.submit(record("future", endedAt: "2027-11-23T00:00:00Z"))
            try store.submit(record("present"))
            let current = try store.current()
            #expect(current.contributions.map(\.origin.runID) == ["present"])
            #expect(current.refused.map { $0.rejections.map(\.reason) } == [[.futureMeasurement]])
        }
    }

    @Test("runs of one node at the same time refuse each other")
    func overlap() throws {
        try withStore { store in
            try store.submit(record("r1", endedAt: "2026-11-23T10:00:00Z"))
            try store.submit(record("r2", endedAt: "2026-11-23T10:00:30Z"))
            try store.submit(record("r3", node: "n2", endedAt: "2026-11-23T10:00:30Z"))
            let current = try store.current()
            #expect(current.contributions.map(\.origin.runID) == ["r3"])
            #expect(current.refused.map { $0.rejections.map(\.reason) } == [[.overlappingRun], [.overlappingRun]])
        }
    }

    @Test("runs without a node are each refused, and only the newest of a node's outdated runs is listed")
    func refusedWithoutSubstitute() throws {
        try withStore { store in
            try store.submit(record("a", node: nil))
            try store.submit(record("b", node: nil))
            try store.submit(record("c", endedAt: "2024-01-01T00:00:00Z"))
            try store.submit(record("d", endedAt: "2023-01-01T00:00:00Z"))
            let current = try store.current()
            #expect(current.contributions.isEmpty)
            #expect(
                current.refused.map { [$0.origin.runID] + $0.rejections.map(\.reason.rawValue) }
                    == [["b", "no-identity"], ["a", "no-identity"], ["c", "expired"]])
        }
    }

    @Test("another policy reads the same store")
    func otherPolicy() throws {
        try withStore { store in
            try store.submit(record("r1"))
            #expect(try store.current(policy: .bitwidth).contributions.map(\.equivalent.value) == [100e9])
            #expect(try store.current(policy: .fp64Only).refused[0].rejections[0].reason == .precisionNotMeasured)
        }
    }

    @Test("another mix is read from the records again")
    func otherMix() throws {
        try withStore { store in
            try store.submit(record("r1"))
            let small = KernelMix(id: MixID("small/1")!, kernel: "gemm", scope: "node", parts: [.init(n: 1024)])
            let converter = CapacityConverter(mix: small)
            let current = try store.currentContributions(converter: converter, asOf: now, now: now)
            #expect(current.contributions.count == 1)
            #expect(current.refused.isEmpty)
        }
    }
}
