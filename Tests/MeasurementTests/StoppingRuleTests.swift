// StoppingRuleTests.swift: when sampling ends, without a clock.

import Measurement
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

    // Ten values 1 ± 0.001 have sd 0.00105; half-width t(9) · sd / √10 = 2.262 · 0.00033 = 0.00075 < 0.01.
    @Test("it ends once the interval is as narrow as asked")
    func narrow() {
        #expect(rule.end(afterSlices: seconds(10, spread: 0.001), signal: 0) == .intervalReached)
    }

    // Thirty values 1 ± 0.5: sd 0.5085, half-width 2.045 · 0.5085 / √30 = 0.19, far above 0.01.
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
}
