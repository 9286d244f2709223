// Experiments.swift: the trials behind docs/statistics.md; each is one call of what a run calls, on simulated times.

import SampleStatistics

/// Seeded trials: equal arguments give equal counts, on every machine.
package enum Experiments {
    package static let seed: UInt64 = 0x5EED

    /// Intervals of one visit of `slices` slices.
    package static func oneVisit(_ noise: SimulatedNoise, slices: Int, trials: Int) -> CoverageTally {
        var generator = NormalGenerator(seed: seed, stream: UInt64(slices))
        var tally = CoverageTally()
        for _ in 0..<trials {
            tally.count(SustainedRate(work: 1, seconds: noise.times(slices, from: &generator)), used: slices)
        }
        return tally
    }

    /// One visit's times, all of them moved by what the machine was like then: normal, `shift` times the standard
    /// deviation of the visit's mean.
    package static func visit(
        _ noise: SimulatedNoise, slices: Int, shift: Double, from generator: inout NormalGenerator
    ) -> [Double] {
        let moved = shift * noise.deviationOfMean(slices) * noise.coefficientOfVariation * generator.normal()
        return noise.times(slices, from: &generator).map { $0 + moved }
    }

    /// Intervals of `visits` visits of `slices` slices each.
    package static func visits(
        _ noise: SimulatedNoise, visits: Int, slices: Int, shift: Double, trials: Int
    ) -> CoverageTally {
        var generator = NormalGenerator(seed: seed, stream: UInt64(visits * 1000 + slices))
        var tally = CoverageTally()
        for _ in 0..<trials {
            let times = (0..<visits).map { _ in visit(noise, slices: slices, shift: shift, from: &generator) }
            tally.count(SustainedRate(work: 1, visits: times), used: visits)
        }
        return tally
    }

    /// How often `LevelChange` finds a change in `slices` slices, of which the last `share` take `step` longer.
    ///
    /// A change that was found counts when it is within a tenth of the slices from the true one; with `step` 0 any.
    package static func levelChange(
        _ noise: SimulatedNoise, slices: Int, step: Double, share: Double, trials: Int
    ) -> Tally {
        var generator = NormalGenerator(seed: seed, stream: UInt64(slices))
        var tally = Tally()
        let first = slices - Int((share * Double(slices)).rounded())
        for _ in 0..<trials {
            var times = noise.times(slices, from: &generator)
            for index in first..<slices where step != 0 { times[index] += step }
            let found = LevelChange.changes(in: times)
            tally.count(found.contains { step == 0 || abs($0.position - first) * 10 <= slices })
        }
        return tally
    }

    /// How often `Bimodality` sees two modes.
    package static func bimodality(_ noise: SimulatedNoise, slices: Int, trials: Int) -> Tally {
        var generator = NormalGenerator(seed: seed, stream: UInt64(slices))
        var tally = Tally()
        for _ in 0..<trials { tally.count(Bimodality(noise.times(slices, from: &generator)) != nil) }
        return tally
    }

    /// How often two modes are seen where a share `slowShare` takes 15 % longer and each mode scatters by `scatter`.
    package static func twoModes(slowShare: Double, scatter: Double, slices: Int, trials: Int) -> Tally {
        var generator = NormalGenerator(seed: seed, stream: UInt64(slices))
        var tally = Tally()
        for _ in 0..<trials {
            let times = (0..<slices).map { _ in
                (generator.uniform() < slowShare ? 1.15 : 1) * (1 + scatter * generator.normal())
            }
            tally.count(Bimodality(times) != nil)
        }
        return tally
    }

    package struct RegressionTally: Sendable {
        /// A/A sets whose true coefficient of variation is below the noise floor's upper bound.
        package var bounded = Tally()
        /// Comparisons with a drop of `atEstimate`, and of `atUpperBound`, that were found.
        package var foundAtEstimate = Tally()
        package var foundAtUpperBound = Tally()
        /// A/A sets whose `atUpperBound` is found with the power asked for.
        package var reached = Tally()
        /// Means over the A/A sets.
        package var atEstimate = 0.0
        package var atUpperBound = 0.0
    }

    /// A/A sets of `rounds` rates that scatter by 2 %, and comparisons at the sizes that they say are resolvable.
    package static func regression(
        _ noise: SimulatedNoise, rounds: Int, sets: Int, comparisons: Int
    ) -> RegressionTally {
        var generator = NormalGenerator(seed: seed, stream: UInt64(rounds))
        let design = ComparisonDesign()
        var tally = RegressionTally()
        func finds(_ drop: Double) -> Bool {
            let before = noise.times(design.rounds, from: &generator)
            let after = noise.times(design.rounds, from: &generator).map { $0 * (1 - drop) }
            return (MannWhitney(before, after)?.pValue ?? 1) <= design.significance
        }
        for set in 0..<sets {
            let rates = noise.times(rounds, from: &generator)
            guard let resolvable = ResolvableRegression(rates: rates, seed: UInt64(set)) else { continue }
            tally.bounded.count(resolvable.noise.upperBound >= noise.coefficientOfVariation)
            tally.atEstimate += resolvable.atEstimate / Double(sets)
            tally.atUpperBound += resolvable.atUpperBound / Double(sets)
            var here = Tally()
            for _ in 0..<comparisons {
                tally.foundAtEstimate.count(finds(resolvable.atEstimate))
                let found = finds(resolvable.atUpperBound)
                tally.foundAtUpperBound.count(found)
                here.count(found)
            }
            tally.reached.count(here.share >= design.power)
        }
        return tally
    }
}
