// ResolvableRegressionTests.swift: noise floors, and the drops that a comparison finds.

import SampleStatistics
import StatisticsSimulation
import Testing

@Suite("Distributions")
struct DistributionTests {
    // scipy.stats.chi2.ppf
    @Test(
        "chi-squared quantiles agree with scipy",
        arguments: [(0.05, 8.0, 2.732636793499662), (0.95, 1, 3.841458820694124), (0.01, 35, 18.50892622702494)])
    func chiSquared(probability: Double, freedom: Double, expected: Double) {
        #expect(abs(ChiSquared(degreesOfFreedom: freedom).quantile(probability) - expected) < 1e-9 * expected)
    }

    // scipy.stats.norm.ppf
    @Test(
        "normal quantiles agree with scipy",
        arguments: [(0.975, 1.959963984540054), (0.3, -0.5244005127080409), (1e-9, -5.9978070150076865)])
    func normal(probability: Double, expected: Double) {
        #expect(abs(NormalDistribution.quantile(probability) - expected) < 1e-11)
        #expect(abs(NormalDistribution.cumulative(expected) - probability) < 1e-12)
    }
}

@Suite("Noise floor")
struct NoiseFloorTests {
    @Test("it is the scatter of the log rates, with the chi-squared bound")
    func bound() throws {
        // ln: −0.1, 0, 0.1; standard deviation 0.1; χ²(2) at 5 % is 0.10258659: 0.1 · √(2 / 0.10258659).
        let floor = try #require(NoiseFloor(rates: [-0.1, 0, 0.1].map { exponential($0) }))
        #expect(abs(floor.coefficientOfVariation - 0.1) < 1e-12)
        #expect(abs(floor.upperBound - 0.1 * (2 / 0.10258658877510106).squareRoot()) < 1e-9)
        #expect(floor.rounds == 3)
    }

    @Test("rates that are none are refused", arguments: [[], [1], [1, 0], [1, -1], [1, .nan], [1, .infinity]])
    func refused(rates: [Double]) {
        #expect(NoiseFloor(rates: rates) == nil)
    }

    /// e^x by its series, for small x.
    private func exponential(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for n in 1...20 {
            term *= x / Double(n)
            sum += term
        }
        return sum
    }
}

@Suite("Resolvable regression")
struct ResolvableRegressionTests {
    @Test("nine rounds each way with a scatter of 2 % resolve 4 to 5 %")
    func size() throws {
        var generator = NormalGenerator(seed: 8, stream: 0)
        let rates = SimulatedNoise.normal.times(400, from: &generator)
        let regression = try #require(ResolvableRegression(rates: rates))
        // Mann–Whitney needs about √(π/3) of Student's rounds: (2.58 + 1.64) · 2 % · √(2/9 · π/3) = 4.1 %, and
        // somewhat more with the steps of small samples.
        #expect((0.040...0.050).contains(regression.atEstimate), "\(regression)")
        #expect(regression.atUpperBound > regression.atEstimate)
    }

    @Test("it does not depend on the unit, and scales with the scatter")
    func scale() throws {
        let rates = [100.0, 101, 99.5, 102, 98, 100.7, 99, 101.3, 100.2]
        let one = try #require(ResolvableRegression(rates: rates))
        #expect(
            abs(try #require(ResolvableRegression(rates: rates.map { 1e9 * $0 })).atEstimate - one.atEstimate) < 1e-9)
        #expect(try #require(ResolvableRegression(rates: rates)) == one)
        let wider = try #require(ResolvableRegression(rates: rates.map { $0 * $0 }))
        // Squared rates have twice the log scatter: (1 − x)².
        #expect(abs((1 - wider.atEstimate) - (1 - one.atEstimate) * (1 - one.atEstimate)) < 1e-9)
    }

    @Test("a design that cannot reach its significance resolves nothing")
    func unreachable() {
        let rates = [100.0, 101, 99, 100.5]
        // Four against four: p is 2/70 = 0.029 at the least.
        #expect(ResolvableRegression(rates: rates, design: ComparisonDesign(rounds: 4)) == nil)
        #expect(ResolvableRegression(rates: rates, design: ComparisonDesign(rounds: 5)) != nil)
        #expect(ResolvableRegression(rates: [1, 2]) == nil)
    }

    @Test("the drop at the upper bound is found in 95 % of comparisons or more")
    func power() {
        let tally = Experiments.regression(.normal, rounds: 9, sets: 40, comparisons: 100)
        #expect(tally.foundAtUpperBound.share >= 0.95, "\(tally)")
        // 38 of 40 sets are bounded, with a standard deviation of 1.4; three of these.
        #expect(tally.bounded.hits >= 34, "\(tally)")
        #expect(tally.atUpperBound > tally.atEstimate)
    }
}
