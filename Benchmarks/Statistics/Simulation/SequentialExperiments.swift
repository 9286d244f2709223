// SequentialExperiments.swift: runs that look at their interval and stop when it is narrow, as the harness makes them.

import Measurement
import SampleStatistics

extension Experiments {
    /// Visits of `slices` slices until the stopping rule ends them, `most` at the most.
    ///
    /// - Parameter target: Half-width asked for, in standard deviations of one visit's mean, shifts included.
    package static func stoppingVisits(
        _ noise: SimulatedNoise, slices: Int, shift: Double, target: Double, most: Int = 12, trials: Int
    ) -> CoverageTally {
        var generator = NormalGenerator(seed: seed, stream: UInt64(slices + 1))
        let ofVisit =
            noise.deviationOfMean(slices) * noise.coefficientOfVariation * (1 + shift * shift).squareRoot()
        let rule = StoppingRule(
            limits: SamplingLimits(
                targetHalfWidth: target * ofVisit, minimumSamples: 5, minimumSeconds: 0,
                maximumSamples: most * slices, budgetSeconds: .infinity))
        var tally = CoverageTally()
        for _ in 0..<trials {
            var visits: [[Double]] = []
            var end: SamplingEnd?
            while end == nil {
                visits.append(visit(noise, slices: slices, shift: shift, from: &generator))
                end = rule.end(afterVisits: visits, signal: 0)
            }
            tally.count(
                StoppingRule.rate(work: 1, visits: visits, end: end ?? .sampleLimit), used: visits.count)
        }
        return tally
    }

    /// One visit of `most` slices at the most, looked at from the 20th on after each tenth more.
    ///
    /// - Parameter target: Half-width asked for, in standard errors of the mean of `most` slices.
    package static func stoppingSlices(
        _ noise: SimulatedNoise, target: Double, most: Int = 400, trials: Int
    ) -> CoverageTally {
        var generator = NormalGenerator(seed: seed, stream: UInt64(most + 1))
        let rule = StoppingRule(
            limits: SamplingLimits(
                targetHalfWidth: target * noise.deviationOfMean(most) * noise.coefficientOfVariation,
                minimumSamples: 20, minimumSeconds: 0, maximumSamples: most, budgetSeconds: .infinity))
        var tally = CoverageTally()
        for _ in 0..<trials {
            let times = noise.times(most, from: &generator)
            var count = 20
            var end = rule.end(afterSlices: Array(times[..<count]), signal: 0)
            while end == nil {
                count = min(most, count + max(1, count / 10))
                end = rule.end(afterSlices: Array(times[..<count]), signal: 0)
            }
            tally.count(
                StoppingRule.rate(work: 1, visits: [Array(times[..<count])], end: end ?? .sampleLimit), used: count)
        }
        return tally
    }
}
