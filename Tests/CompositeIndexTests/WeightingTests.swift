// WeightingTests.swift: weights against numpy and scipy, and against cases with a known answer.

import CompositeIndex
import Testing

@Suite struct WeightingTests {
    private func shares(
        _ weighting: Weighting, _ columns: [(String, [Double?])] = matrix, directions: [Direction]? = nil
    ) throws -> [Double?] {
        let codes = columns.map(\.0)
        let tree = try flatTree(codes, weights: codes.indices.map { Double($0 + 1) }, directions: directions)
        let outcome = try result(tree, table(columns)) {
            $0.weighting = weighting
            $0.aggregation = .arithmetic
        }
        return codes.map { outcome.weights.shares[$0] }
    }

    @Test("given and equal weights are shares of the siblings' sum")
    func givenAndEqual() throws {
        #expect(near(try shares(.given), [1.0 / 6, 2.0 / 6, 3.0 / 6]))
        #expect(near(try shares(.equal), [1.0 / 3, 1.0 / 3, 1.0 / 3]))
    }

    // numpy: p = M / M.sum(0); e = −(p ln p).sum(0) / ln 5; w = (1 − e) / (1 − e).sum()
    @Test("entropy weights")
    func entropy() throws {
        let expected = [0.24455995623411528, 0.33246622865551806, 0.42297381511036664]
        #expect(near(try shares(.entropy), expected))
        // Two values in the shares (1, 0) have entropy 0, (½, ½) entropy 1: all weight is on the first.
        #expect(near(try shares(.entropy, [("a", [7, 0]), ("b", [3, 3])]), [1, 0]))
        #expect(throws: CompositeError.negativeValue(method: "entropy", unit: "u2", code: "a", value: -1)) {
            try shares(.entropy, [("a", [1, -1]), ("b", [1, 2])])
        }
    }

    // numpy: N = (M − min) / (max − min); c = N.std(0) · (1 − corrcoef(N)).sum(0); w = c / c.sum()
    @Test("CRITIC weights")
    func critic() throws {
        let expected = [0.3913918006416808, 0.3291426677295562, 0.27946553162876303]
        #expect(near(try shares(.critic), expected))
        // Neither a shift nor a scale of a column changes its weight.
        let moved = matrix.map { ($0.0, $0.1.map { $0.map { 1000 + 3 * $0 } }) }
        #expect(near(try shares(.critic, moved), expected, within: 1e-10))
    }

    // numpy: eigh(corrcoef(M)), squares of the last eigenvector.
    @Test("weights from the first principal component")
    func principalComponents() throws {
        let expected = [0.42773968284482244, 0.3740389937334199, 0.19822132342175755]
        #expect(near(try shares(.principalComponents), expected))
        // Three columns that differ in scale only share alike.
        let same: [(String, [Double?])] = [("a", [1, 2, 4]), ("b", [10, 20, 40]), ("c", [5, 6, 8])]
        #expect(near(try shares(.principalComponents, same), [1.0 / 3, 1.0 / 3, 1.0 / 3]))
        // Two columns without correlation explain equally much, and any weights would be as good.
        #expect(throws: CompositeError.noPrincipalComponent(parent: "index")) {
            try shares(.principalComponents, [("a", [1, -1, 1, -1]), ("b", [1, 1, -1, -1])])
        }
    }

    @Test("weights from data use the units that have everything, and say when those are too few")
    func completeRows() throws {
        let gaps = matrix.map { ($0.0, $0.1 + [$0.0 == "b" ? nil : 100]) }
        let expected = [0.3913918006416808, 0.3291426677295562, 0.27946553162876303]
        #expect(near(try shares(.critic, gaps), expected))
        #expect(throws: CompositeError.tooFewRows(method: "pca", parent: "index", rows: 2, needed: 3)) {
            try shares(.principalComponents, [("a", [1, 2]), ("b", [2, 1])])
        }
        #expect(throws: CompositeError.noInformation(method: "critic", parent: "index")) {
            try shares(.critic, [("a", [3, 3]), ("b", [2, 2])])
        }
    }

    private func comparisons(_ ratios: [(String, String, Double)]) throws -> PairComparisons {
        try PairComparisons(
            Dictionary(uniqueKeysWithValues: ratios.map { (PairComparisons.Pair($0.0, $0.1), $0.2) }))
    }

    // numpy: eig([[1,3,5],[1/3,1,2],[1/5,1/2,1]]); λ = 3.0036944780638896, CR = (λ − 3) / 2 / 0.58.
    @Test("comparisons in pairs give the principal eigenvector and the consistency ratio")
    func analyticHierarchy() throws {
        let pairs = try comparisons([("a", "b", 3), ("a", "c", 5), ("b", "c", 2)])
        let outcome = try result(flatTree(["a", "b", "c"]), table(matrix)) { $0.weighting = .analyticHierarchy(pairs) }
        let expected = [0.6483290138222365, 0.2296507940626372, 0.12202019211512623]
        #expect(near(["a", "b", "c"].map { outcome.weights.shares[$0] }, expected))
        let ratio = try #require(outcome.weights.consistencyRatios["index"])
        #expect(abs(ratio - 0.003184998330723208) < 1e-12)
    }

    @Test("inconsistent, incomplete, contradictory and foreign comparisons are refused")
    func badComparisons() throws {
        let circle = try comparisons([("a", "b", 5), ("b", "c", 5), ("c", "a", 5)])
        #expect(throws: CompositeError.self) { try shares(.analyticHierarchy(circle)) }
        do { _ = try shares(.analyticHierarchy(circle)) } catch let error as CompositeError {
            guard case .inconsistentComparisons("index", let ratio) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(ratio > 0.1)
        }
        let partial = try comparisons([("a", "b", 2)])
        #expect(throws: CompositeError.incompleteComparisons(parent: "index", a: "a", b: "c")) {
            try shares(.analyticHierarchy(partial))
        }
        let foreign = try comparisons([("a", "mars", 2)])
        #expect(throws: CompositeError.unknownComparison("mars")) { try shares(.analyticHierarchy(foreign)) }
        #expect(throws: CompositeError.notReciprocal(a: "a", b: "b", value: 3, inverse: 0.5)) {
            try comparisons([("a", "b", 3), ("b", "a", 0.5)])
        }
        #expect(throws: CompositeError.badComparison(a: "a", b: "b", value: 0)) { try comparisons([("a", "b", 0)]) }
    }

    // scipy.optimize.linprog(−row, A_ub=M, b_ub=1, bounds=(0, None)) for each row.
    @Test("benefit of the doubt finds each unit's best weights")
    func benefitOfTheDoubt() throws {
        let outcome = try result(flatTree(["a", "b", "c"]), table(matrix)) { $0.weighting = .benefitOfTheDoubt }
        #expect(near(outcome.index.values, [1, 0.9508196721311477, 1, 1, 0.8], within: 1e-12))
        // The weights reported give the score, and no unit more than 1.
        for own in 0..<5 {
            let weights = try ["a", "b", "c"].map { try #require(outcome.weights.perUnit[$0])[own] }
            for row in 0..<5 {
                let score = zip(weights, matrix).reduce(0) { $0 + $1.0 * $1.1.1[row]! }
                #expect(score <= 1 + 1e-12)
                if row == own { #expect(abs(score - outcome.index[row]!) < 1e-12) }
            }
        }
        #expect(throws: CompositeError.benefitOfTheDoubtNeedsArithmetic(level: 2, method: "geometric")) {
            try result(flatTree(["a", "b", "c"]), table(matrix)) {
                $0.weighting = .benefitOfTheDoubt
                $0.aggregation = .geometric
            }
        }
    }
}
