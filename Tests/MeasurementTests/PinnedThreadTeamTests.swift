// PinnedThreadTeamTests.swift: threads run where they were put, together, and a failure leaves none behind.

import CLinux
import MachineProbe
import Measurement
import ResultRecord
import Synchronization
import Testing

@Suite("Pinned thread team")
struct PinnedThreadTeamTests {
    private let allowed = CPUBinding.current()

    @Test("each member runs on its own CPU, as the kernel says")
    func pinned() throws {
        let seen = Mutex<[Int: Int]>([:])
        let bound = try PinnedThreadTeam.run(on: allowed.numbers) { member in
            let cpu = Int(sl_current_cpu())
            seen.withLock { $0[member.index] = cpu }
        }
        #expect(bound == allowed)
        let expected = Dictionary(uniqueKeysWithValues: allowed.numbers.enumerated().map { ($0, $1) })
        #expect(seen.withLock { $0 } == expected)
    }

    @Test("the barrier holds everybody: no member is a round ahead")
    func barrier() throws {
        let rounds = Atomic<Int>(0)
        let early = Atomic<Int>(0)
        let count = allowed.count
        try PinnedThreadTeam.run(on: allowed.numbers) { member in
            for round in 1...1000 {
                rounds.add(1, ordering: .sequentiallyConsistent)
                member.barrier.wait()
                if rounds.load(ordering: .sequentiallyConsistent) < round * count {
                    early.add(1, ordering: .relaxed)
                }
                member.barrier.wait()
            }
        }
        let (earlyCount, roundCount) = (early.load(ordering: .relaxed), rounds.load(ordering: .relaxed))
        #expect(earlyCount == 0)
        #expect(roundCount == 1000 * count)
    }

    @Test("a CPU that cannot be had fails the team, and no member's work is done")
    func refused() {
        let ran = Atomic<Bool>(false)
        let missing = (allowed.numbers.max() ?? 0) + 4000
        #expect(throws: (any Error).self) {
            try PinnedThreadTeam.run(on: allowed.numbers + [missing]) { _ in ran.store(true, ordering: .relaxed) }
        }
        let anyRan = ran.load(ordering: .relaxed)
        #expect(!anyRan)
    }
}
