// DetectionTests.swift: changes of level and second modes: found where they are, not seen where they are not.

import SampleStatistics
import StatisticsSimulation
import Testing

@Suite("Change of level")
struct LevelChangeTests {
    @Test("the flow of the Nile fell in 1899, and only then")
    func nileFlow() throws {
        let changes = LevelChange.changes(in: nile)
        #expect(changes.map(\.position) == [28])
        // numpy.median of 1871–1898 and 1899–1970.
        let change = try #require(changes.first)
        #expect(change.before == 1130 && change.after == 842.5)
        #expect(abs(change.relativeChange - (842.5 / 1130 - 1)) < 1e-12)
    }

    @Test("a clean step is found at its slice", arguments: [40, 41, 399, 401, 4000])
    func clean(count: Int) {
        let step = count * 3 / 10
        let series = (0..<count).map { $0 < step ? 1.0 : 2.0 }
        let changes = LevelChange.changes(in: series)
        #expect(changes.map(\.position) == [step])
        #expect(changes.map(\.before) == [1] && changes.map(\.after) == [2])
    }

    @Test("up and down again are two changes")
    func twice() {
        var generator = NormalGenerator(seed: 5, stream: 0)
        var times = SimulatedNoise.normal.times(1000, from: &generator)
        for index in 300..<600 { times[index] += 0.1 }
        let found = LevelChange.changes(in: times)
        #expect(found.count == 2)
        #expect(zip(found, [300, 600]).allSatisfy { abs($0.position - $1) <= 3 }, "\(found)")
        #expect(LevelChange.changes(in: times, most: 1).count == 1)
    }

    @Test("outliers are no level", arguments: [[50], [10, 90, 150], [50, 51]])
    func outliers(positions: [Int]) {
        var generator = NormalGenerator(seed: 6, stream: 0)
        var times = SimulatedNoise.normal.times(200, from: &generator)
        for index in positions { times[index] = 100 }
        #expect(LevelChange.changes(in: times).isEmpty)
    }

    @Test("too few, equal or unusable values have no change")
    func degenerate() {
        #expect(LevelChange.changes(in: Array(repeating: 1, count: 10) + Array(repeating: 2, count: 9)).isEmpty)
        #expect(LevelChange.changes(in: Array(repeating: 1, count: 100)).isEmpty)
        #expect(LevelChange.changes(in: [.nan] + Array(repeating: 1, count: 100)).isEmpty)
    }

    @Test(
        "false alarms are rare in all steady noise",
        arguments: [SimulatedNoise.normal, .bimodal, .studentT3, .pareto, .correlated50, .correlated90])
    func falseAlarms(noise: SimulatedNoise) {
        for slices in [40, 200, 1000] {
            let tally = Experiments.levelChange(noise, slices: slices, step: 0, share: 0.5, trials: 1000)
            // 2 % are allowed: 20 of 1000, with a standard deviation of 4.4; three more are 33.
            #expect(tally.hits <= 33, "\(slices) slices: \(tally)")
        }
    }

    @Test("a step of 5 % in a scatter of 2 % is found in 100 slices", arguments: [0.1, 0.5, 0.9])
    func power(share: Double) {
        let tally = Experiments.levelChange(.normal, slices: 100, step: 0.05, share: share, trials: 300)
        // 97 % are claimed: 291, with a standard deviation of 3; three of them are 282.
        #expect(tally.hits >= 282, "\(tally)")
    }
}

@Suite("Dip")
struct DipTests {
    // The smallest distance, over all places of the mode, as a linear programme: the path's values y at the samples, with
    // i/n − d ≤ y_i ≤ (i−1)/n + d, slopes rising up to the mode and falling from there (scipy.optimize.linprog, HiGHS).
    static let byLinearProgramme: [([Double], Double)] = [
        (
            [
                0.35631435084237717, 1.4744233023130215, 1.8512047520406845, 1.3776390362945734, 1.5313422822140912,
                0.2765999627234761, 1.8543908379959135, 1.7721605224695978,
            ], 0.1159500954561544
        ),
        (
            [
                0.18854249349443474, 0.6511103937574617, 1.9384956444321806, 0.4100753640554953, 0.720454378883273,
                0.3352780010645183, 0.7667241929519871, 1.7932317706968468,
            ], 0.10950381753713201
        ),
        (
            [
                0.8438042015567981, 0.2368724268479211, 1.631416754696336, 0.04139674343244382, 0.6742316558902135,
                0.45063351413961894, 0.9878282108989317, 1.3223954490750165,
            ], 0.06708333023528029
        ),
    ]

    @Test("it is the distance to the nearest unimodal distribution", arguments: byLinearProgramme)
    func linearProgramme(samples: [Double], expected: Double) throws {
        #expect(abs(try #require(DipTest(samples)).dip - expected) < 2e-9)
    }

    @Test("even spacing has the least dip, two far points nearly the largest")
    func extremes() throws {
        #expect(abs(try #require(DipTest((0..<10).map(Double.init))).dip - 0.05) < 2e-9)
        let apart = [0, 0.001, 0.002, 0.003, 1, 1.001, 1.002, 1.003]
        #expect(try #require(DipTest(apart)).dip > 0.249)
    }

    @Test("it does not depend on unit, origin, direction or order")
    func invariant() throws {
        var generator = NormalGenerator(seed: 9, stream: 0)
        let samples = SimulatedNoise.bimodal.times(60, from: &generator)
        let dip = try #require(DipTest(samples)).dip
        for others in [samples.map { 1000 * $0 - 3 }, samples.map { -$0 }, samples.shuffled()] {
            #expect(abs(try #require(DipTest(others)).dip - dip) < 3e-9)
        }
    }

    // Other samples than those that the values are from.
    @Test(
        "1 of 100 uniform samples is above the critical value",
        arguments: [20, 100, 300])
    func critical(count: Int) throws {
        var generator = NormalGenerator(seed: 10, stream: UInt64(count))
        var above = Tally()
        let value = DipTest.criticalValue(count: Double(count))
        for _ in 0..<3000 {
            let test = try #require(DipTest((0..<count).map { _ in generator.uniform() }))
            above.count(test.dip * Double(count).squareRoot() > value)
        }
        // 30 expected, standard deviation 5.5; three of these either way.
        #expect((13...47).contains(above.hits), "\(above)")
    }

    @Test("ties are spread, not taken for atoms")
    func ties() throws {
        // Nine steps of a clock, twenty times each: as even as single values are.
        let samples = (0..<180).map { Double($0 % 9) }
        #expect(try #require(DipTest(samples)).dip < 0.01)
        #expect(DipTest([1, 1, 1, 1, 1]) == nil)
        #expect(DipTest([1, 2, 3]) == nil)
    }
}

@Suite("Two modes")
struct BimodalityTests {
    @Test("they are found where 30 % of the slices take 15 % longer")
    func found() throws {
        var generator = NormalGenerator(seed: 4, stream: 0)
        let times = (0..<400).map { _ in
            (generator.uniform() < 0.3 ? 1.15 : 1) * (1 + 0.02 * generator.normal())
        }
        let modes = try #require(Bimodality(times))
        // Medians of 280 and 120 values that scatter by 2 %: 0.15 % and 0.26 % standard error; five of these.
        #expect(abs(modes.low - 1) < 0.0075)
        #expect(abs(modes.high - 1.15) < 0.0135)
        // 30 ± 2.3 %, three of these.
        #expect(abs(modes.highWeight - 0.3) < 0.07)
        #expect(modes.separation > 5)
    }

    @Test(
        "one mode is not taken for two, however skewed, heavy-tailed or correlated",
        arguments: [
            SimulatedNoise.normal, .logNormal, .studentT3, .exponential, .pareto, .uniform, .correlated50,
            .correlated90,
        ])
    func falseAlarms(noise: SimulatedNoise) {
        for slices in [20, 100, 400] {
            let tally = Experiments.bimodality(noise, slices: slices, trials: 1000)
            // 1 % are allowed: 10 of 1000, standard deviation 3.1; three of these more.
            #expect(tally.hits <= 19, "\(slices) slices: \(tally)")
        }
    }

    @Test("too few, equal or unusable values have no verdict")
    func degenerate() {
        #expect(Bimodality(Array(repeating: 1, count: 100)) == nil)
        #expect(Bimodality(Array(repeating: 1, count: 9) + Array(repeating: 2, count: 10)) == nil)
        #expect(Bimodality([.nan] + (0..<100).map(Double.init)) == nil)
    }
}
