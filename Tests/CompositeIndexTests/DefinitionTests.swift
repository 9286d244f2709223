// DefinitionTests.swift: names of methods, the text that is hashed, and the definition in CAICT's shape.

import CompositeIndex
import Testing

@Suite struct DefinitionTests {
    @Test("every name of a method reads back as that method")
    func names() throws {
        for method in [
            Normalisation.none, .goalposts, .logGoalposts, .minMax(lower: 0.5, upper: 100), .zScore, .rank,
            .percentileRank, .borda, .distanceToMaximum, .distanceToReference(unit: "a:b"), .distanceToTarget,
        ] { #expect(try MethodNames.normalisation(MethodNames.name(of: method)) == method) }
        for method in [
            Imputation.none, .mean, .median, .groupMean(column: "g"), .groupMedian(column: "g"), .lastYear,
        ] { #expect(try MethodNames.imputation(MethodNames.name(of: method)) == method) }
        for method in [
            Treatment.none, .winsorise(limit: 5), .log, .logShiftedByOne, .winsoriseOrLog(limit: 3),
        ] { #expect(try MethodNames.treatment(MethodNames.name(of: method)) == method) }
        for method in [
            Aggregation.arithmetic, .geometric, .harmonic, .power(-0.5), .copeland, .topsis,
        ] { #expect(try MethodNames.aggregation(MethodNames.name(of: method)) == method) }
        for method in [Weighting.given, .equal, .entropy, .critic, .principalComponents, .benefitOfTheDoubt] {
            #expect(try MethodNames.weighting(MethodNames.name(of: method)) == method)
        }
    }

    @Test(
        "names that are none are refused with what is allowed",
        arguments: ["", "minmaxx", "minmax:", "minmax:1", "minmax:2,1", "minmax:0,inf", "minmax:a,b", "rank:1"])
    func badNames(text: String) { #expect(throws: CompositeError.self) { try MethodNames.normalisation(text) } }

    @Test("equal definitions have one text, in whatever order they were written")
    func canonicalText() throws {
        let straight = CompositeDefinition(tree: try flatTree(["a", "b"], weights: [1, 2]))
        let turned = CompositeDefinition(tree: try flatTree(["b", "a"], weights: [2, 1]))
        #expect(straight.canonicalText == turned.canonicalText)
    }

    @Test("everything that decides a score is in the text")
    func differences() throws {
        let tree = try flatTree(["a", "b"], weights: [1, 2], denominator: "d")
        var texts: Set<String> = []
        func insert(_ tree: IndicatorTree, _ change: (inout CompositeMethod) -> Void = { _ in }) {
            texts.insert(CompositeDefinition(tree: tree, method: method(change)).canonicalText)
        }
        insert(tree)
        insert(try flatTree(["a", "b"], weights: [1, 3], denominator: "d"))
        insert(
            try flatTree(["a", "b"], weights: [1, 2], directions: [.moreIsBetter, .lessIsBetter], denominator: "d"))
        insert(try flatTree(["a", "b"], weights: [1, 2], target: 3, denominator: "d"))
        insert(
            try flatTree(["a", "b"], weights: [1, 2], goalposts: Goalposts(lower: 0, upper: 1), denominator: "d"))
        insert(tree) { $0.denominates = false }
        insert(tree) { $0.imputation = .groupMean(column: "g") }
        insert(tree) { $0.screening = 0.5 }
        insert(tree) { $0.treatment = .winsorise(limit: 5) }
        insert(tree) { $0.shapeLimits = ShapeLimits(skewness: 1, kurtosis: 3.5) }
        insert(tree) { $0.normalisation = .rank }
        insert(tree) { $0.normalisationByIndicator = ["a": .rank] }
        insert(tree) { $0.weighting = .entropy }
        insert(tree) { $0.weighting = .equal }
        insert(tree) { $0.aggregation = .harmonic }
        insert(tree) { $0.aggregationByLevel = [2: .topsis] }
        insert(tree) { $0.dataAvailability = 0.5 }
        let comparisons = try PairComparisons([PairComparisons.Pair("a", "b"): 3])
        insert(tree) { $0.weighting = .analyticHierarchy(comparisons) }
        #expect(texts.count == 18)
    }

    @Test("a code cannot pass itself off as another field")
    func quoting() throws {
        let odd = CompositeDefinition(tree: try flatTree(["a\" parent \"b"]))
        #expect(odd.canonicalText.contains("indicator \"a\\\" parent \\\"b\" parent \"index\""))
    }

    @Test("the definition in CAICT's shape: five pillars, explicit weights that add up to 1 at every node")
    func caictShaped() throws {
        let definition = try CompositeDefinition.caictShaped
        let tree = definition.tree
        #expect(
            tree.children[tree.root] == ["compute", "storage", "transport", "models-applications", "environment"])
        let weights = Dictionary(
            uniqueKeysWithValues: tree.indicators.map { ($0.code, $0.weight) }
                + tree.aggregates.map { ($0.code, $0.weight) })
        for (_, parts) in tree.children {
            #expect(near([parts.compactMap { weights[$0] }.reduce(0, +)], [1]))
        }
        #expect(tree.indicators.allSatisfy { $0.goalposts != nil })
    }

    // Every indicator half way between its goalposts scores 50, so every mean of them is 50. Half way on a logarithmic
    // scale is √(lower · upper).
    @Test("measured capacities fill the compute pillar")
    func measuredCapacity() throws {
        let definition = try CompositeDefinition.caictShaped
        let columns = definition.tree.indicators.map { indicator -> (String, [Double?]) in
            guard let posts = indicator.goalposts, indicator.code != CompositeDefinition.measuredCapacity else {
                return (indicator.code, [nil, nil])
            }
            let isLogarithmic = definition.method.normalisationByIndicator[indicator.code] == .logGoalposts
            let middle = isLogarithmic ? (posts.lower * posts.upper).squareRoot() : (posts.lower + posts.upper) / 2
            return (indicator.code, [middle, middle])
        }
        // √(10¹² · 10²¹) FLOPS, and ten times as much: 100 · 5.5 / 9.
        let data = try table(columns).filling(
            CompositeDefinition.measuredCapacity, with: ["u1": 1e33.squareRoot(), "u2": 10 * 1e33.squareRoot()])
        let outcome = try definition.result(for: data)
        #expect(near([outcome.index[0]], [50]))
        #expect(near([outcome["compute"]?[1]], [0.7 * 550 / 9 + 0.3 * 50]))
        #expect(outcome.ranks == [2, 1])
    }
}
