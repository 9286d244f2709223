// AggregationTests.swift: means and comparisons of units, missing parts, decomposition, uncertainty.

import CompositeIndex
import RealModule
import SampleStatistics
import Testing

@Suite struct AggregationTests {
    private func index(
        _ rows: [[Double?]], _ aggregation: Aggregation, weights: [Double]? = nil, availability: Double = 2.0 / 3
    ) throws -> [Double?] {
        let codes = rows[0].indices.map { "x\($0)" }
        let columns = codes.enumerated().map { index, code in (code, rows.map { $0[index] }) }
        return try result(flatTree(codes, weights: weights), table(columns)) {
            $0.aggregation = aggregation
            $0.dataAvailability = availability
        }.index.values
    }

    // Weights 0.5, 0.3, 0.2 on (1, 2, 3): Σ w x = 1.7; exp(0.3 ln 2 + 0.2 ln 3); 1 / (0.5 + 0.15 + 0.0667);
    // √(0.5 + 1.2 + 1.8) = √3.5.
    @Test("the means of one row")
    func means() throws {
        let weights = [5.0, 3, 2]
        let expected: [(Aggregation, Double)] = [
            (.arithmetic, 1.7), (.geometric, Double.exp(0.3 * Double.log(2) + 0.2 * Double.log(3))),
            (.harmonic, 1.3953488372093024), (.power(2), 3.5.squareRoot()), (.power(-1), 1.3953488372093024),
            (.power(1), 1.7), (.power(0), Double.exp(0.3 * Double.log(2) + 0.2 * Double.log(3))),
        ]
        for (aggregation, value) in expected {
            #expect(near(try index([[1, 2, 3]], aggregation, weights: weights), [value]), "\(aggregation)")
        }
    }

    @Test("the human development index of 0.6971, 0.3447 and 0.5506 is 0.509555")
    func humanDevelopment() throws {
        let value = try #require(try index([[0.6971, 0.3447, 0.5506]], .geometric)[0])
        #expect(abs(value - 0.509555) < 5e-7)
    }

    @Test("(10, 40) and (20, 20) have the same geometric mean, while the arithmetic mean says 1.25")
    func ratio() throws {
        let geometric = try index([[10, 40], [20, 20]], .geometric)
        #expect(near([geometric[0]! / geometric[1]!], [1]))
        let arithmetic = try index([[10, 40], [20, 20]], .arithmetic)
        #expect(arithmetic[0]! / arithmetic[1]! == 1.25)
    }

    @Test("two thirds of the weight are enough, and what is present is scaled up")
    func availability() throws {
        let rows: [[Double?]] = [[1, 3, 1], [2, nil, nil], [3, nil, 1]]
        #expect(near(try index(rows, .arithmetic), [5.0 / 3, nil, 2]))
        #expect(near(try index(rows, .arithmetic, availability: 0), [5.0 / 3, 2, 2]))
        #expect(near(try index(rows, .arithmetic, availability: 1), [5.0 / 3, nil, nil]))
        // By weight and not by count: the two that are present carry half of it.
        #expect(near(try index(rows, .arithmetic, weights: [1, 2, 1]), [2, nil, nil]))
    }

    @Test("a mean that a value makes impossible is an error with unit, code and value")
    func impossibleValues() {
        for value in [0.0, -2] {
            #expect(throws: CompositeError.valueNotPositive(method: "geometric", unit: "u2", code: "x1", value: value))
            {
                try index([[1, 2], [1, value]], .geometric)
            }
            #expect(throws: CompositeError.valueNotPositive(method: "harmonic", unit: "u2", code: "x1", value: value)) {
                try index([[1, 2], [1, value]], .harmonic)
            }
        }
        #expect(throws: CompositeError.negativeValue(method: "power:2", unit: "u1", code: "x0", value: -1)) {
            try index([[-1, 2]], .power(2))
        }
        // A part without weight does not count, so it cannot make the mean impossible.
        #expect(throws: Never.self) { try index([[1, 0]], .geometric, weights: [1, 0]) }
    }

    // Weights ½, ¼, ¼. u1 against u2: ahead in x0 and level in x2: 0.5 + 0.125; u1 against u3: behind in x0, ahead in
    // the others: 0.5; u2 against u3: behind in x0, ahead in x1 and x2: 0.5.
    @Test("Copeland scores are sums of the outranking matrix's rows")
    func copeland() throws {
        let rows: [[Double?]] = [[2, 2, 5], [1, 3, 5], [3, 1, 4]]
        #expect(near(try index(rows, .copeland, weights: [2, 1, 1]), [1.125, 0.875, 1]))
    }

    // Without its last value u3 meets the others in x0 (weight 2) and x1 (weight 1) only: behind them in x1.
    @Test("with gaps a pair of units is compared in what both have")
    func copelandWithGaps() throws {
        let rows: [[Double?]] = [[2, 2, 5], [1, 3, 5], [3, 1, nil]]
        let expected: [Double?] = [0.625 + 1.0 / 3, 0.375 + 1.0 / 3, 4.0 / 3]
        #expect(near(try index(rows, .copeland, weights: [2, 1, 1]), expected))
    }

    // numpy, on the columns of `matrix` scaled to [0, 1] with weights 0.5, 0.3, 0.2: d⁻ / (d⁺ + d⁻).
    @Test("TOPSIS")
    func topsis() throws {
        let tree = try flatTree(["a", "b", "c"], weights: [5, 3, 2])
        let expected = [
            0.4494364130147775, 0.3851632592634951, 0.7142208950667448, 0.4189796981099956, 0.5091250450699213,
        ]
        for upper in [1.0, 100] {
            let outcome = try result(tree, table(matrix)) {
                $0.normalisation = .minMax(lower: 0, upper: upper)
                $0.aggregation = .topsis
            }
            #expect(near(outcome.index.values, expected))
        }
    }

    @Test("equal indices share the better rank")
    func ranks() throws {
        let outcome = try result(flatTree(["x"]), table([("x", [5, 7, 5, nil, 1])]))
        #expect(outcome.ranks == [2, 1, 2, nil, 4])
    }

    @Test("levels aggregate by their own method; the top is geometric unless said otherwise")
    func levels() throws {
        let tree = try IndicatorTree(
            indicators: [
                Indicator(code: "a", parent: "p"), Indicator(code: "b", parent: "p"), Indicator(code: "c", parent: "q"),
            ],
            aggregates: [
                Aggregate(code: "p", weight: 1, parent: "index"), Aggregate(code: "q", weight: 1, parent: "index"),
                Aggregate(code: "index", parent: nil),
            ])
        let data = try table([("a", [1, 2]), ("b", [7, 4]), ("c", [9, 12])])
        let usual = try result(tree, data) { $0.aggregation = nil }
        #expect(usual["p"]?.values == [4, 3])
        #expect(near(usual.index.values, [6, 6]))
        let other = try result(tree, data) {
            $0.aggregation = nil
            $0.aggregationByLevel = [2: .geometric, 3: .arithmetic]
        }
        #expect(near(other.index.values, [(7.0.squareRoot() + 9) / 2, (8.0.squareRoot() + 12) / 2]))
        #expect(throws: CompositeError.unknownLevel(4, height: 3)) {
            try result(tree, data) { $0.aggregationByLevel = [4: .geometric] }
        }
    }

    @Test("contributions add up to the score, or to its logarithm")
    func contributions() throws {
        let tree = try flatTree(["a", "b", "c"], weights: [5, 3, 2])
        let data = try table([("a", [1, 1]), ("b", [2, nil]), ("c", [3, 3])])
        let arithmetic = try #require(try result(tree, data).contributions(to: "index", row: 0))
        #expect(near(arithmetic.map(\.amount), [0.5, 0.6, 0.6]))
        #expect(near(arithmetic.map(\.share), [0.5 / 1.7, 0.6 / 1.7, 0.6 / 1.7]))
        // Without b the weights are 5/7 and 2/7.
        let outcome = try result(tree, data) { $0.aggregation = .geometric }
        let geometric = try #require(outcome.contributions(to: "index", row: 1))
        #expect(near(geometric.map(\.amount), [0, 2.0 / 7 * Double.log(3)]))
        #expect(near([CompensatedSum(geometric.map(\.amount)).value], [Double.log(outcome.index[1]!)]))
        #expect(try result(tree, data) { $0.aggregation = .harmonic }.contributions(to: "index", row: 0) == nil)
    }

    // w = (0.4, 0.6), r = (3 %, 4 %): √(0.012² + 0.024²) = 0.012 √5.
    @Test("the relative uncertainty of a geometric mean")
    func uncertainty() throws {
        let expected = 0.012 * 5.0.squareRoot()
        #expect(near([GeometricUncertainty.relative(weights: [2, 3], relative: [0.03, 0.04])], [expected]))
        let outcome = try result(flatTree(["a", "b"], weights: [2, 3]), table([("a", [1, 2]), ("b", [3, 4])])) {
            $0.aggregation = .geometric
        }
        #expect(
            near([outcome.relativeUncertainty(of: "index", row: 0, parts: ["a": 0.03, "b": 0.04])], [expected]))
        #expect(outcome.relativeUncertainty(of: "index", row: 0, parts: ["a": 0.03]) == nil)
        #expect(GeometricUncertainty.relative(weights: [1], relative: [.nan]) == nil)
    }
}
