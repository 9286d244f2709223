// NormalisationTests.swift: every normalisation on five values, worked out by hand.

import CompositeIndex
import RealModule
import Testing

@Suite struct NormalisationTests {
    private func scores(
        _ values: [Double?], _ normalisation: Normalisation, direction: Direction = .moreIsBetter,
        goalposts: Goalposts? = nil, target: Double? = nil
    ) throws -> [Double?] {
        let tree = try IndicatorTree(
            indicators: [
                Indicator(code: "x", direction: direction, goalposts: goalposts, target: target, parent: "index"),
                // A second indicator that keeps the index from being missing altogether.
                Indicator(code: "anchor", weight: 2, parent: "index"),
            ], aggregates: [Aggregate(code: "index", parent: nil)])
        let data = try table([("x", values), ("anchor", values.indices.map { Double($0 + 1) })])
        let outcome = try result(tree, data) {
            $0.normalisation = normalisation
            $0.normalisationByIndicator = ["anchor": .rank]
        }
        return try #require(outcome.tables[.normalise]?["x"]).values
    }

    @Test(
        "values 2, 4, missing, 4, 10 under each method",
        arguments: [
            (Normalisation.none, [2, 4, nil, 4, 10]),
            (.minMax(lower: 0, upper: 100), [0, 25, nil, 25, 100]),
            (.minMax(lower: 1, upper: 5), [1, 2, nil, 2, 5]),
            // Mean 5, Σd² = 36, variance 12.
            (.zScore, [-3, -1, nil, -1, 5].map { (x: Double?) in x.map { $0 / 12.squareRoot() } }),
            (.rank, [1, 2, nil, 2, 4]), (.borda, [0, 1, nil, 1, 3]),
            (.percentileRank, [0, 1.0 / 3, nil, 1.0 / 3, 1]),
            (.distanceToMaximum, [0, 0.25, nil, 0.25, 1]),
            // 1 − (4 − x) / (4 − 2)
            (.distanceToReference(unit: "u2"), [0, 1, nil, 1, 4]),
            // 1 − (6 − x) / (6 − 2)
            (.distanceToTarget, [0, 0.5, nil, 0.5, 2]),
            // 100 (x − 0) / (8 − 0), held in [1, 100]
            (.goalposts, [25, 50, nil, 50, 100]),
        ] as [(Normalisation, [Double?])])
    func methods(normalisation: Normalisation, expected: [Double?]) throws {
        let found = try scores(
            [2, 4, nil, 4, 10], normalisation, goalposts: Goalposts(lower: 0, upper: 8), target: 6)
        #expect(near(found, expected, within: 1e-15))
    }

    @Test(
        "where less is better, the scale is turned round",
        arguments: [
            (Normalisation.none, [-2, -4, nil, -4, -10]),
            (.minMax(lower: 0, upper: 100), [100, 75, nil, 75, 0]),
            // Ties share the lower rank from the other end.
            (.rank, [4, 2, nil, 2, 1]),
            (.distanceToMaximum, [1, 0.75, nil, 0.75, 0]),
            // −x: 1 − (−4 + x) / (−4 + 10)
            (.distanceToReference(unit: "u2"), [4.0 / 3, 1, nil, 1, 0]),
            // 1 − (−6 + x) / (−6 + 10)
            (.distanceToTarget, [2, 1.5, nil, 1.5, 0]),
            (.goalposts, [75, 50, nil, 50, 1]),
        ] as [(Normalisation, [Double?])])
    func reversed(normalisation: Normalisation, expected: [Double?]) throws {
        let found = try scores(
            [2, 4, nil, 4, 10], normalisation, direction: .lessIsBetter, goalposts: Goalposts(lower: 0, upper: 8),
            target: 6)
        #expect(near(found, expected, within: 1e-15))
    }

    // Posts 1 and 10⁴: 10² is half way; 0.1 is below and counts 1.
    @Test("goalposts on a logarithmic scale")
    func logarithmic() throws {
        let posts = Goalposts(lower: 1, upper: 10_000)
        #expect(near(try scores([100, 10, 10_000, 0.1, 1e6], .logGoalposts, goalposts: posts), [50, 25, 100, 1, 100]))
        #expect(throws: CompositeError.valueNotPositive(method: "log-goalposts", unit: "u2", code: "x", value: 0)) {
            try scores([1, 0], .logGoalposts, goalposts: posts)
        }
        #expect(throws: CompositeError.goalpostsNotPositive(indicator: "x", lower: 0)) {
            try scores([1, 2], .logGoalposts, goalposts: Goalposts(lower: 0, upper: 1))
        }
    }

    @Test("what a method needs and the indicator lacks is an error with its name")
    func missingParameters() throws {
        #expect(throws: CompositeError.noGoalposts(indicator: "x")) { try scores([1, 2], .goalposts) }
        #expect(throws: CompositeError.noTarget(indicator: "x")) { try scores([1, 2], .distanceToTarget) }
        #expect(throws: CompositeError.unknownUnit("mars")) { try scores([1, 2], .distanceToReference(unit: "mars")) }
        #expect(throws: CompositeError.targetNotAboveMinimum(indicator: "x", target: 1, minimum: 1)) {
            try scores([1, 2], .distanceToTarget, target: 1)
        }
        #expect(Goalposts(lower: 1, upper: 1) == nil)
    }

    @Test(
        "a constant indicator is missing and named, never NaN",
        arguments: [
            Normalisation.minMax(lower: 0, upper: 100), .zScore, .rank, .borda, .percentileRank, .distanceToMaximum,
            .distanceToReference(unit: "u3"),
        ])
    func constant(normalisation: Normalisation) throws {
        let data = try table([("x", [5, 5, 5]), ("y", [1, 2, 3]), ("z", [1, 2, 3])])
        let outcome = try result(flatTree(["x", "y", "z"]), data) { $0.normalisation = normalisation }
        #expect(outcome.tables[.normalise]?["x"]?.values == [nil, nil, nil])
        #expect(outcome.unscored.map(\.code).contains("x"))
        #expect(outcome.unscored.first { $0.code == "x" }?.reason == .constant)
    }

    @Test("fixed goalposts score a constant indicator all the same")
    func constantWithGoalposts() throws {
        #expect(try scores([4, 4], .goalposts, goalposts: Goalposts(lower: 0, upper: 8)) == [50, 50])
    }

    @Test("when nothing can be scored there is no index, and the error names why")
    func nothingScored() throws {
        #expect(throws: CompositeError.self) {
            try result(flatTree(["x", "y"]), table([("x", [5, 5]), ("y", [nil, nil])])) { $0.normalisation = .zScore }
        }
        do {
            _ = try result(flatTree(["x", "y"]), table([("x", [5, 5]), ("y", [nil, nil])])) {
                $0.normalisation = .zScore
            }
        } catch let error as CompositeError {
            #expect(error.description.contains("x is the same for all units"))
            #expect(error.description.contains("y is empty"))
        }
    }

    @Test("numbers near the end of the range are scored without overflow")
    func extremes() throws {
        #expect(try scores([-1.7e308, 0, 1.7e308], .minMax(lower: 0, upper: 1)) == [0, 0.5, 1])
    }
}
