// RobustnessTests.swift: sensitivity indices against a function whose indices are known, and ranks under varied choices.

import CompositeIndex
import SampleStatistics
import Testing

@Suite struct RobustnessTests {
    // y = x₁ + 2 x₂ + 3 x₃ of even numbers in [0, 1): variances 1, 4, 9 (twelfths), no interaction, so both orders are
    // 1/14, 4/14, 9/14. Over 20,000 points the estimates have a standard error of about 0.01 (first order, the largest);
    // 0.05 is five of them.
    @Test("a weighted sum has indices in proportion to the squares of its weights")
    func linear() throws {
        let weights = [1.0, 2, 3]
        var generator = SeededGenerator(seed: 7)
        var a: [[Double]] = []
        var b: [[Double]] = []
        for _ in 0..<20_000 {
            a.append(weights.map { _ in generator.uniform() })
            b.append(weights.map { _ in generator.uniform() })
        }
        func outcome(_ x: [Double]) -> Double { zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 } }
        for factor in weights.indices {
            let mixed = zip(a, b).map { a, b in weights.indices.map { $0 == factor ? b[$0] : a[$0] } }
            let indices = try #require(
                SensitivityIndices(a: a.map(outcome), b: b.map(outcome), mixed: mixed.map(outcome)))
            let expected = weights[factor] * weights[factor] / 14
            #expect(abs(indices.firstOrder - expected) < 0.05)
            #expect(abs(indices.totalOrder - expected) < 0.05)
        }
    }

    // y = x₁ x₂ of numbers that are −1 or 1: neither alone moves the mean, together they are everything.
    @Test("a pure interaction has first order 0 and total order 1")
    func interaction() throws {
        var generator = SeededGenerator(seed: 8)
        let draw = { () -> Double in generator.next() & 1 == 0 ? -1 : 1 }
        let a = (0..<20_000).map { _ in [draw(), draw()] }
        let b = (0..<20_000).map { _ in [draw(), draw()] }
        let mixed = zip(a, b).map { [$1[0], $0[1]] }
        let product = { (x: [Double]) in x[0] * x[1] }
        let indices = try #require(
            SensitivityIndices(a: a.map(product), b: b.map(product), mixed: mixed.map(product)))
        #expect(abs(indices.firstOrder) < 0.05)
        #expect(abs(indices.totalOrder - 1) < 0.05)
    }

    @Test("what does not vary has no indices")
    func constant() {
        #expect(SensitivityIndices(a: [1, 1], b: [1, 1], mixed: [1, 1]) == nil)
        #expect(SensitivityIndices(a: [1], b: [2], mixed: [3]) == nil)
    }

    private func definition(_ columns: Int) throws -> CompositeDefinition {
        try CompositeDefinition(
            tree: flatTree((0..<columns).map { "x\($0)" }),
            method: method {
                $0.normalisation = .minMax(lower: 1, upper: 100)
                $0.aggregation = .geometric
            })
    }

    private func random(units: Int, columns: Int, missing: Bool = false) throws -> CompositeData {
        var generator = SeededGenerator(seed: 42)
        return try table(
            (0..<columns).map { column in
                (
                    "x\(column)",
                    (0..<units).map { row in missing && row % 9 == column % 9 ? nil : generator.uniform() }
                )
            })
    }

    @Test("the same seed gives the same analysis, another one another")
    func reproducible() async throws {
        let data = try random(units: 20, columns: 6, missing: true)
        let definition = try definition(6)
        var plan = RobustnessPlan(alternativesTo: definition, for: data)
        plan.samples = 32
        #expect(plan.factors == RobustnessFactor.allCases)
        let first = try await definition.robustness(for: data, plan: plan)
        let second = try await definition.robustness(for: data, plan: plan)
        #expect(first == second)
        plan.seed = 2
        #expect(try await definition.robustness(for: data, plan: plan) != first)
        #expect(first.failures.isEmpty)
        // Alternatives one at a time: 1 normalisation, 32 sets of weights, 2 aggregations, 2 imputations; then 32 · 6.
        #expect(first.evaluations == 1 + 32 + 2 + 2 + 32 * 6)
        #expect(first.changes.map(\.alternative) == ["rank", "± 25 %", "arithmetic", "harmonic", "mean", "median"])
        for unit in first.units {
            let (lower, upper) = (try #require(unit.lower), try #require(unit.upper))
            let median = try #require(unit.median)
            #expect(lower <= median && median <= upper)
            #expect((1...20).contains(lower) && (1...20).contains(upper))
        }
    }

    @Test("a unit that leads in everything stays first whatever is varied")
    func dominance() async throws {
        let data = try table([("x0", [9, 1, 5, 3]), ("x1", [9, 4, 2, 1]), ("x2", [8, 7, 1, 2])])
        let definition = try definition(3)
        let outcome = try await definition.robustness(
            for: data, plan: RobustnessPlan(alternativesTo: definition, for: data))
        #expect(outcome.units[0].nominal == 1)
        #expect(outcome.units[0].lower == 1)
        #expect(outcome.units[0].upper == 1)
        #expect(outcome.units[1].upper != 1)
    }

    @Test("an alternative that gives no index is named, and the rest is told all the same")
    func failures() async throws {
        let definition = try definition(3)
        let data = try random(units: 10, columns: 3)
        var plan = RobustnessPlan()
        plan.normalisations = [.zScore]
        plan.samples = 16
        let outcome = try await definition.robustness(for: data, plan: plan)
        #expect(outcome.changes.first?.failure?.contains("geometric needs values above 0") == true)
        #expect(outcome.changes.first?.meanAbsoluteRankShift == nil)
        #expect(!outcome.failures.isEmpty)
        #expect(outcome.units.allSatisfy { $0.median != nil })
    }

    @Test("a plan without factors, or with too few points, is refused")
    func badPlans() async throws {
        let definition = try definition(2)
        let data = try random(units: 5, columns: 2)
        var plan = RobustnessPlan()
        plan.weightNoise = 0
        await #expect(throws: CompositeError.noFactors) { try await definition.robustness(for: data, plan: plan) }
        plan.weightNoise = 0.25
        plan.samples = 4
        await #expect(throws: CompositeError.tooFewReplications(4)) {
            try await definition.robustness(for: data, plan: plan)
        }
    }
}
