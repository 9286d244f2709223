// ClockMovementTests.swift: clocks that moved told from clocks that were read too low, on made-up series.

import Measurement
import SampleStatistics
import Testing

@Suite("Clock movement")
struct ClockMovementTests {
    /// Probes at these levels, in hertz. A share `slowed` of them, spread at random, met an interrupt and read up to
    /// half too low; the others are read low by 0.1 % at most.
    private func series(_ levels: [Double], slowed: Double, seed: UInt64 = 1) -> [Double] {
        var random = SeededGenerator(seed: seed)
        return levels.map { level in
            let isSlowed = Double.random(in: 0..<1, using: &random) < slowed
            return level * (1 - Double.random(in: 0...(isSlowed ? 0.5 : 0.001), using: &random))
        }
    }

    private func steady(_ count: Int, _ level: Double = 3e9) -> [Double] { Array(repeating: level, count: count) }

    // Of 50 probes a window, 30 % slowed, 38 or more are right with certainty enough: the upper quartile is one of them.
    @Test("a steady clock did not move, however often probes were interrupted", arguments: [0, 0.1, 0.3])
    func steadyClock(slowed: Double) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let share = try #require(ClockMovement.share([series(steady(1000), slowed: slowed, seed: seed)]))
            #expect(share <= 0.001, "seed \(seed)")
        }
    }

    @Test("a clock that fell by a twentieth for a third of the time moved by that", arguments: [0, 0.3])
    func steppedClock(slowed: Double) throws {
        let share = try #require(
            ClockMovement.share([series(steady(700) + steady(300, 2.85e9), slowed: slowed)]))
        #expect(abs(share - 0.05) < 0.002)
    }

    // From 3 to 2.7 GHz in a line, a window at either end left out: 17 of 20 steps of 0.015 GHz, over 2.98 GHz.
    @Test("a clock that drifted moved by what lies between its slow and its fast windows")
    func drift() throws {
        let levels = (0..<1000).map { 3e9 - 0.3e9 * Double($0) / 999 }
        let share = try #require(ClockMovement.share([series(levels, slowed: 0.1)]))
        #expect(abs(share - 0.0855) < 0.003)
    }

    @Test("threads at different steady clocks did not move; one that did shows")
    func threads() throws {
        let threads = [3e9, 3.2e9, 2.9e9].map { series(steady(200, $0), slowed: 0.1) }
        #expect(try #require(ClockMovement.share(threads)) <= 0.001)
        let moved = threads + [series(steady(100) + steady(100, 2.7e9), slowed: 0.1)]
        #expect(abs(try #require(ClockMovement.share(moved)) - 0.1) < 0.002)
    }

    @Test("a fall shorter than a twentieth is not seen")
    func shortFall() throws {
        let share = try #require(ClockMovement.share([steady(500) + steady(40, 2e9) + steady(460)]))
        #expect(share == 0)
    }

    @Test("eight probes are the fewest that say something", arguments: [(0, false), (7, false), (8, true)])
    func fewProbes(count: Int, isKnown: Bool) {
        #expect((ClockMovement.share([steady(count)]) != nil) == isKnown)
        #expect(ClockMovement.share([]) == nil)
    }
}
