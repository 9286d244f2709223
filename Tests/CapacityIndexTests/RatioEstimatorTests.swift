// RatioEstimatorTests.swift: unmeasured nodes from measured ones of their kind.

import CapacityIndex
import SampleStatistics
import Testing

@Suite("Extrapolation")
struct RatioEstimatorTests {
    private func nodes(_ pairs: [(Double, Double)]) -> [RatioEstimator.Node] {
        pairs.compactMap { RatioEstimator.Node(rate: $0.0, peak: $0.1) }
    }

    // ΣS = 24, ΣP = 30, η̂ = .8; d = 8 − 8, 7.5 − 8, 8.5 − 8 = 0, −.5, .5; s_d² = .5/2 = .25; P̄ = 10.
    // u(η̂) = √(.25/3)/10 = .0288675; of an unmeasured peak of 100: 80 with u = 2.88675.
    @Test("three nodes at 8, 7.5 and 8.5 of a peak of 10 make 80 ± 2.89 of a peak of 100")
    func known() throws {
        let estimator = try #require(RatioEstimator(nodes([(8, 10), (7.5, 10), (8.5, 10)])))
        let found = try #require(estimator.extrapolated(toPeak: 100))
        #expect(near(estimator.ratio, 0.8) && near(found.value, 80))
        #expect(near(found.uncertainty, 100 * (0.25 / 3).squareRoot() / 10))
    }

    @Test("large nodes weigh as much as they are")
    func sizes() throws {
        let estimator = try #require(RatioEstimator(nodes([(90, 100), (1, 10), (1, 10)])))
        #expect(near(estimator.ratio, 92.0 / 120))
    }

    @Test("two nodes say too little, and numbers that are none make no node")
    func few() {
        #expect(RatioEstimator(nodes([(8, 10), (8, 10)])) == nil)
        #expect(RatioEstimator.Node(rate: -1, peak: 1) == nil && RatioEstimator.Node(rate: 1, peak: 0) == nil)
        #expect(RatioEstimator.Node(rate: .nan, peak: 1) == nil)
    }

    // Of 2000 samples of 20 nodes each, whose mean ratio is .7: the interval at t(19) = 2.093024 (R: qt(.975, 19)) holds
    // .7 in 95 %; the standard error of that share is .5 %, three of them are left, and half a per cent for the ratio's bias.
    @Test("the interval holds the true ratio in 95 % of samples")
    func coverage() throws {
        var generator = SeededGenerator(seed: 5)
        var held = 0
        for _ in 0..<2000 {
            let measured = (0..<20).compactMap { _ in
                let peak = 50 + 100 * generator.uniform()
                return RatioEstimator.Node(rate: peak * (0.6 + 0.2 * generator.uniform()), peak: peak)
            }
            let estimator = try #require(RatioEstimator(measured))
            if abs(estimator.ratio - 0.7) <= 2.093024 * estimator.standardError { held += 1 }
        }
        #expect(abs(Double(held) / 2000 - 0.95) < 0.02)
    }
}
