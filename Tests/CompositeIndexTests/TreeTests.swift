// TreeTests.swift: what is a tree, and what is refused by name.

import CompositeIndex
import Testing

@Suite struct TreeTests {
    private let leaf = Indicator(code: "x", parent: "index")
    private let root = Aggregate(code: "index", parent: nil)

    @Test("levels count from the indicators up, however deep the branches are")
    func levels() throws {
        let tree = try IndicatorTree(
            indicators: [Indicator(code: "deep", parent: "p"), Indicator(code: "shallow", parent: "index")],
            aggregates: [
                Aggregate(code: "index", parent: nil), Aggregate(code: "p", parent: "q"),
                Aggregate(code: "q", parent: "index"),
            ])
        #expect(tree.levels == ["deep": 1, "shallow": 1, "p": 2, "q": 3, "index": 4])
        #expect(tree.bottomUp == ["p", "q", "index"])
        #expect(tree.children["index"] == ["shallow", "q"])
        #expect(tree.height == 4)
    }

    @Test("a duplicate code is refused, also between an indicator and an aggregate")
    func duplicates() {
        #expect(throws: TreeError.duplicateCode("x")) {
            try IndicatorTree(indicators: [leaf, leaf], aggregates: [root])
        }
        #expect(throws: TreeError.duplicateCode("x")) {
            try IndicatorTree(indicators: [leaf], aggregates: [root, Aggregate(code: "x", parent: "index")])
        }
    }

    @Test("orphans, and parts of indicators, are refused with their parent")
    func orphans() {
        #expect(throws: TreeError.orphan(code: "x", parent: "nowhere")) {
            try IndicatorTree(indicators: [Indicator(code: "x", parent: "nowhere")], aggregates: [root])
        }
        #expect(throws: TreeError.parentIsIndicator(code: "y", parent: "x")) {
            try IndicatorTree(indicators: [leaf, Indicator(code: "y", parent: "x")], aggregates: [root])
        }
    }

    @Test("a cycle is refused with the way round")
    func cycles() {
        let circle = [Aggregate(code: "p", parent: "q"), Aggregate(code: "q", parent: "p")]
        #expect(throws: TreeError.cycle(["p", "q", "p"])) {
            try IndicatorTree(indicators: [leaf], aggregates: [root] + circle)
        }
        #expect(throws: TreeError.cycle(["p", "p"])) {
            try IndicatorTree(indicators: [leaf], aggregates: [root, Aggregate(code: "p", parent: "p")])
        }
    }

    @Test("one root and no more; every aggregate has parts")
    func roots() {
        #expect(throws: TreeError.severalRoots(["index", "other"])) {
            try IndicatorTree(
                indicators: [leaf, Indicator(code: "y", parent: "other")],
                aggregates: [root, Aggregate(code: "other", parent: nil)])
        }
        #expect(throws: TreeError.noIndicators) { try IndicatorTree(indicators: [], aggregates: [root]) }
        #expect(throws: TreeError.childless(aggregate: "p")) {
            try IndicatorTree(indicators: [leaf], aggregates: [root, Aggregate(code: "p", parent: "index")])
        }
    }

    @Test("weights that are negative, not finite or all zero are refused")
    func weights() {
        #expect(throws: TreeError.badWeight(code: "x", weight: -0.5)) { try flatTree(["x", "y"], weights: [-0.5, 1]) }
        #expect(throws: TreeError.badWeight(code: "y", weight: .infinity)) {
            try flatTree(["x", "y"], weights: [1, .infinity])
        }
        #expect(throws: TreeError.allWeightsZero(parent: "index")) { try flatTree(["x", "y"], weights: [0, 0]) }
        #expect(throws: Never.self) { try flatTree(["x", "y"], weights: [0, 1]) }
    }
}
