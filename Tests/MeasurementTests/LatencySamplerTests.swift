// LatencySamplerTests.swift: short chains of loads through measure and verify, and one that is broken while it runs.

import ComputeKernels
import MachineProbe
import Measurement
import ResultRecord
import Synchronization
import TestSupport
import Testing

@Suite("Latency", .serialized)
struct LatencySamplerTests {
    // 100000 B are 1562 lines of 64 B.
    @Test("a chain is verified, on huge pages and on small ones", arguments: [true, false])
    func verified(hugePages: Bool) throws {
        let plan = try shortPlan(filter: "latency/dram/core") { planned in
            planned.workingSet = WorkingSet(level: .l2, bytes: 100_000, hugePages: hugePages)
        }
        let outcome = try #require(try outcomes(plan).first)
        guard case .verified(let verified, _) = outcome else {
            Issue.record("not verified: \(outcome)")
            return
        }
        let run = verified.run
        #expect(run.workingSetBytes == 1562 * 64)
        #expect(run.workPerIteration == 1)
        #expect(run.iterationsPerSlice % PointerChase.loadsPerTurn == 0)
        #expect(run.warmUpPasses >= 1)
        let check = try #require(verified.checks.first)
        #expect(check.kind == "chase-end" && check.count >= run.slices.count)
        // No load takes less than a cycle of 10 GHz.
        #expect(run.slices.allSatisfy { $0.seconds / Double(run.iterationsPerSlice) > 1e-10 })
    }

    /// Runs a chain over 1000 lines on one thread and lets `change` at its memory after some slices.
    private func comparison(
        lines: Int, _ change: @escaping @Sendable (PlacedMemory) -> Void
    ) throws -> StreamComparison {
        let cpu = try #require(CPUBinding.current().numbers.first)
        let memory = try PlacedMemory(byteCount: lines * PointerChase.lineBytes, placement: .unbound)
        let looks = Atomic<Int>(0)
        var limits = shortLimits
        limits.minimumSamples = 50
        limits.minimumSeconds = 0.01
        let session = LatencySession(memory: [memory.pointer], lines: lines, seed: 2, limits: limits) {
            if looks.add(1, ordering: .relaxed).newValue == 1 { change(memory) }
            return 0
        }
        try PinnedThreadTeam.run(on: [cpu]) { session.work($0) }
        return session.comparison()
    }

    @Test("a chain that is cut short is found at the end of the next slices")
    func shortCut() throws {
        let right = try comparison(lines: 1000) { _ in }
        #expect(right.wrong == 0 && right.checked >= 50)
        // The first line names itself: every chain ends there.
        let wrong = try comparison(lines: 1000) { memory in
            memory.pointer.storeBytes(of: UInt(bitPattern: memory.pointer), as: UInt.self)
        }
        #expect(wrong.wrong > 0 && wrong.checked >= 50)
        #expect(wrong.firstDifference?.contains("expected the line of rank") == true)
        PlantedFaultReport(
            subject: "streams and loads", fault: "a chain of loads cut short", place: "latency", verdict: "chase-end"
        ).log()
    }
}
