// StoppingRuleTests.swift: when sampling ends, without a clock.

import Measurement
import SampleStatistics
import StatisticsSimulation
import Testing

@Suite("Stopping rule")
struct StoppingRuleTests {
    private let rule = StoppingRule(
        limits: SamplingLimits(
            targetHalfWidth: 0.01, minimumSamples: 5, minimumSeconds: 10, maximumSamples: 40, budgetSeconds: 30))

    /// Times that alternate by ±`spread` around 1 s: with an even count their mean is 1.
    private func seconds(_ count: Int, spread: Double) -> [Double] {
        (0..<count).map { 1 + ($0 % 2 == 0 ? spread : -spread) }
    }

    @Test("a narrow interval is not enough before the least number of samples and seconds")
    func tooEarly() {
        #expect(rule.end(afterSlices: seconds(4, spread: 0), signal: 0) == nil)
        #expect(rule.end(afterSlices: seconds(9, spread: 0), signal: 0) == nil)
    }

    // Ten values 1 ± 0.001 have sd 0.00105, a standard error of 0.00033; even ten of these are within 0.01.
    @Test("it ends once the interval is as narrow as asked")
    func narrow() {
        #expect(rule.end(afterSlices: seconds(10, spread: 0.001), signal: 0) == .intervalReached)
    }

    // Thirty values 1 ± 0.5: sd 0.5085, a standard error of 0.09, far above 0.01.
    @Test("wide intervals go on until the budget is spent")
    func wide() {
        #expect(rule.end(afterSlices: seconds(20, spread: 0.5), signal: 0) == nil)
        #expect(rule.end(afterSlices: seconds(30, spread: 0.5), signal: 0) == .budgetSpent)
    }

    @Test("the sample limit ends it, but not before the least time")
    func limit() {
        #expect(rule.end(afterSlices: Array(repeating: 0.1, count: 99), signal: 0) == nil)
        #expect(rule.end(afterSlices: seconds(40, spread: 0.9).map { $0 / 2 }, signal: 0) == .sampleLimit)
    }

    @Test("a signal ends it at once")
    func signal() {
        #expect(rule.end(afterSlices: [1], signal: 2) == .interrupted(signal: 2))
    }

    @Test("even over budget, the least number of samples is taken")
    func overBudget() {
        #expect(rule.end(afterSlices: [100, 100], signal: 0) == nil)
    }

    @Test("visits end when their interval is narrow, from the fifth on")
    func visits() {
        let visit = seconds(10, spread: 0.001)
        for count in 1..<StoppingRule.fewestVisits {
            let visits = Array(repeating: visit, count: count)
            // The third spends the budget of 30 s, the fourth reaches the limit of 40 samples.
            #expect(rule.end(afterVisits: visits, signal: 0) == [nil, nil, .budgetSpent, .sampleLimit][count - 1])
        }
        let short = Array(repeating: seconds(6, spread: 0.001).map { $0 / 2 }, count: 4)
        #expect(rule.end(afterVisits: short, signal: 0) == nil)
        #expect(rule.end(afterVisits: short + [short[0]], signal: 0) == .intervalReached)
    }

    // Each visit by itself is as narrow as can be; their means 1 and 1.2 are not.
    @Test("visits that differ go on, however alike the slices of each")
    func differingVisits() {
        let visits = (0..<6).map { visit in (0..<5).map { _ in visit % 2 == 0 ? 0.5 : 0.6 } }
        #expect(rule.end(afterVisits: visits, signal: 0) == nil)
        #expect(rule.end(afterVisits: visits + visits, signal: 0) == .sampleLimit)
    }

    @Test("visits end at once on a signal, and not before the least samples and seconds")
    func visitLimits() {
        #expect(rule.end(afterVisits: [[1]], signal: 15) == .interrupted(signal: 15))
        #expect(rule.end(afterVisits: [[100], [100]], signal: 0) == nil)
        #expect(rule.end(afterVisits: Array(repeating: [0.5], count: 19), signal: 0) == nil)
    }

    @Test("an interval that ended the sampling says so, any other does not")
    func methods() {
        let visits = (0..<5).map { 1 + 0.01 * Double($0) }.map { [$0, $0] }
        let reached = StoppingRule.rate(work: 1, visits: visits, end: .intervalReached)
        let spent = StoppingRule.rate(work: 1, visits: visits, end: .budgetSpent)
        #expect(reached.methodName == "visit-means-t-stopped" && spent.methodName == "visit-means-t")
        #expect((reached.relativeHalfWidth ?? 0) > (spent.relativeHalfWidth ?? 1))
    }

    // 0.7 of a visit's standard deviation takes about ten visits, 1.2 six, 4 the five fewest: where looking again and
    // again does the most harm, a little, and where it does none.
    @Test("looking after every visit keeps the coverage", arguments: [0.4, 0.7, 1.2, 4], [0.0, 4])
    func coverage(target: Double, shift: Double) {
        let tally = Experiments.stoppingVisits(.normal, slices: 10, shift: shift, target: target, trials: 2000)
        // 93.5 to 97 % are claimed; 2000 trials scatter by 0.5 %, three of these on top.
        #expect((0.92...0.985).contains(tally.covered.share), "\(tally.covered)")
        #expect(target < 4 || tally.meanUsed < 5.1)
    }

    @Test("the usual interval would not keep it")
    func withoutCorrection() {
        var generator = NormalGenerator(seed: 2, stream: 0)
        var covered = Tally()
        for _ in 0..<3000 {
            var visits: [[Double]] = []
            var rate = SustainedRate(work: 1, visits: [[1]])
            repeat {
                visits.append([1 + 0.01 * generator.normal()])
                rate = SustainedRate(work: 1, visits: visits)
            } while visits.count < 2 || (visits.count < 12 && (rate.relativeHalfWidth ?? 1) > 0.006)
            covered.count((rate.low ?? 0) <= 1 && 1 <= (rate.high ?? .infinity))
        }
        // Looked at from the second visit on, without a wider one: about 90 %.
        #expect(covered.share < 0.93, "\(covered)")
    }
}
