// TreatmentTests.swift: shape, winsorising and logarithms, against scipy and against COINr's algorithm by hand.

import CompositeIndex
import RealModule
import Testing

@Suite struct TreatmentTests {
    /// The example of COINr's own documentation: ten ordinary points and two outliers.
    private let outliers: [Double] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 100]

    // scipy.stats.skew(x, bias=False), kurtosis(x, bias=False).
    @Test("skewness and kurtosis are those of type 2")
    func shape() throws {
        let shape = try #require(Shape(outliers))
        #expect(near([shape.skewness, shape.excessKurtosis], [3.0632410342394993, 9.741390834569144]))
    }

    // By hand: mean 1, Σd² = 12, Σd³ = 24, Σd⁴ = 84, n = 4: √4 · 24 / 12^1.5 · √12 / 2 = 2; 4 · 84 / 144 = 7/3,
    // (5 (7/3 − 3) + 6) · 3 / 2 = 4.
    @Test("three equal values and one apart have skewness 2 and kurtosis 4, at any scale")
    func shapeByHand() throws {
        for scale in [1.0, 1e-200, 1e200] {
            let shape = try #require(Shape([0, 0, 0, 4 * scale]))
            #expect(near([shape.skewness, shape.excessKurtosis], [2, 4]))
        }
    }

    @Test("fewer than four values, or equal ones, have no shape")
    func noShape() {
        #expect(Shape([1, 2, 9]) == nil)
        #expect(Shape([0.1, 0.1, 0.1, 0.1, 0.1]) == nil)
    }

    private func treated(_ values: [Double], by treatment: Treatment) throws -> (CompositeResult, [Double?]) {
        let outcome = try result(flatTree(["x"]), table([("x", values.map(Optional.some))])) {
            $0.treatment = treatment
        }
        return (outcome, try #require(outcome.tables[.treat]?["x"]).values)
    }

    // After the 100 became 30 the skewness is 1.71 (scipy), below 2.
    @Test("one point is winsorised and that is enough")
    func winsorisedOnce() throws {
        let (outcome, values) = try treated(outliers, by: .winsorise(limit: 5))
        #expect(values == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 30])
        #expect(outcome.treatments.map(\.action) == [.winsorised])
        #expect(outcome.treatments.map(\.points) == [1])
        #expect(outcome.treatments.map(\.passes) == [true])
    }

    @Test("a low outlier is pulled up")
    func winsorisedLow() throws {
        let (outcome, values) = try treated([-100, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], by: .winsorise(limit: 5))
        #expect(values == [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        #expect(outcome.treatments.map(\.points) == [1])
    }

    // 40 zeros and 1, 10, 100, 1000: each step ties one point more at the top, and with 40 equal values the shape stays
    // outside. Limit 2: 1000 → 100, then both → 10.
    @Test("winsorising stops at the limit, and says when that was not enough")
    func limit() throws {
        let values = [Double](repeating: 0, count: 40) + [1, 10, 100, 1000]
        let (outcome, changed) = try treated(values, by: .winsorise(limit: 2))
        #expect(Array(changed[40...]) == [1, 10, 10, 10])
        #expect(outcome.treatments.map(\.points) == [2])
        #expect(outcome.treatments.map(\.passes) == [false])
        let (none, unchanged) = try treated(values, by: .winsorise(limit: 0))
        #expect(unchanged == values.map(Optional.some))
        #expect(none.treatments.map(\.points) == [0])
    }

    // min 1, range 99: ln(x − 1 + 0.99).
    @Test("the logarithm is shifted by the minimum and a hundredth of the range")
    func logarithm() throws {
        let (outcome, values) = try treated(outliers, by: .log)
        #expect(near(values, outliers.map { Double.log($0 - 1 + 0.99) }))
        #expect(near(Array(values[..<2]), [-0.01005033585350145, 0.688134638736401]))
        #expect(outcome.treatments.map(\.action) == [.logged])
        let (_, shifted) = try treated(outliers, by: .logShiftedByOne)
        #expect(near(shifted, outliers.map { Double.log($0) }))
    }

    @Test("where winsorising is not enough, the logarithm of the untreated values takes its place")
    func winsoriseOrLog() throws {
        let values = [Double](repeating: 0, count: 40) + [1, 10, 100, 1000]
        let (outcome, changed) = try treated(values, by: .winsoriseOrLog(limit: 2))
        #expect(near(changed, values.map { Double.log($0 + 10) }))
        #expect(outcome.treatments.map(\.action) == [.logged])
        let (enough, _) = try treated(outliers, by: .winsoriseOrLog(limit: 5))
        #expect(enough.treatments.map(\.action) == [.winsorised])
    }

    @Test("an indicator within the limits is left alone, whatever the treatment")
    func withinLimits() throws {
        for treatment in [Treatment.winsorise(limit: 5), .log, .logShiftedByOne, .winsoriseOrLog(limit: 5)] {
            let (outcome, values) = try treated([1, 2, 3, 4, 5], by: treatment)
            #expect(values == [1, 2, 3, 4, 5])
            #expect(outcome.treatments.map(\.action) == [.withinLimits])
        }
    }
}
