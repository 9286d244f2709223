// ScheduleTests.swift: the timetable follows from the seed, differs by round, and leaves out neither works nor CPUs.

import Screening
import Testing

@Suite("Screening schedule")
struct ScheduleTests {
    @Test("the same seed gives the same rounds, another one others, and no round is like the one before")
    func seeded() {
        let rounds = (0..<5).map { ScreenSchedule.round($0, seed: 3, cpus: 8, works: 40) }
        #expect(rounds == (0..<5).map { ScreenSchedule.round($0, seed: 3, cpus: 8, works: 40) })
        #expect(rounds[1].order != ScreenSchedule.round(1, seed: 4, cpus: 8, works: 40).order)
        #expect(Set(rounds.map(\.order)).count == 5 && Set(rounds.map(\.segments)).count == 5)
        #expect(rounds.map(\.usesKnownData) == [true, false, false, false, false])
    }

    @Test("a round has every work once, begins with all CPUs, and each works in it", arguments: [1, 2, 3, 64])
    func complete(cpus: Int) {
        let round = ScreenSchedule.round(1, seed: 1, cpus: cpus, works: 17)
        #expect(round.order.sorted() == Array(0..<17))
        #expect(round.segments[0].phase == .pass && round.segments[0].load == .all)
        for cpu in 0..<cpus { #expect(round.segments.contains { $0.load.includes(cpu) }) }
        // Rest is part of it, also between steps.
        #expect(round.segments.count { $0.load == .none } > 10)
        let halves = round.segments.filter { $0.phase == .halves }
        #expect(halves.count == (cpus > 1 ? 4 : 0))
        if cpus > 1 { #expect(Set(halves.map(\.load)) == [.half(odd: false), .half(odd: true)]) }
    }

    @Test("steps of load are of irregular length")
    func irregular() {
        let steps = ScreenSchedule.round(2, seed: 1, cpus: 2, works: 9).segments.filter { $0.phase == .steps }
        #expect(Set(steps.map(\.seconds)).count == steps.count)
        #expect(steps.allSatisfy { $0.seconds > 0 && $0.seconds < 0.05 })
    }

    @Test("data differ by round and by data set; the first round's do not depend on the seed")
    func data() {
        func seed(_ round: Int, _ set: String, _ seed: UInt64) -> UInt64 {
            ScreenSchedule.dataSeed(round, dataSet: set, seed: seed)
        }
        #expect(seed(0, "int/aes", 5) == seed(0, "int/aes", 6))
        #expect(seed(1, "int/aes", 5) != seed(1, "int/aes", 6))
        let all = (0..<20).flatMap { round in ["int/aes", "int/crc", "fma/f64/avx2"].map { seed(round, $0, 5) } }
        #expect(Set(all).count == all.count && all.allSatisfy { $0 < 1 << 53 })
    }
}
