// PropertyTests.swift: what must hold for every table, tried on random ones.

import CompositeIndex
import RealModule
import SampleStatistics
import Testing

@Suite struct PropertyTests {
    private static let codes = ["a", "b", "c", "d"]

    /// Positive numbers over six orders of magnitude.
    private func rows(_ seed: UInt64, count: Int = 12) -> [[Double]] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Self.codes.map { _ in Double.exp(14 * generator.uniform() - 7) } }
    }

    private func data(_ rows: [[Double]]) throws -> CompositeData {
        try table(Self.codes.enumerated().map { index, code in (code, rows.map { $0[index] }) })
    }

    private func tree() throws -> IndicatorTree { try flatTree(Self.codes, weights: [4, 3, 2, 1]) }

    // Powers of two scale without rounding; the logarithms' sum moves by a constant up to rounding.
    @Test(
        "ranks by the geometric index do not depend on the indicators' units",
        arguments: 1...50 as ClosedRange<UInt64>)
    func scaleInvariance(seed: UInt64) throws {
        let rows = rows(seed)
        var generator = SeededGenerator(seed: seed, stream: 1)
        let scales = Self.codes.map { _ in
            Double(sign: .plus, exponent: generator.index(below: 40) - 20, significand: 1)
        }
        let scaled = rows.map { zip($0, scales).map { $0 * $1 } }
        let before = try result(tree(), data(rows)) { $0.aggregation = .geometric }
        let after = try result(tree(), data(scaled)) { $0.aggregation = .geometric }
        #expect(before.ranks == after.ranks)
    }

    @Test(
        "more of an indicator never lowers the index, and less of one of which less is better never does",
        arguments: [Aggregation.arithmetic, .geometric, .harmonic, .power(0.5), .power(-2)])
    func monotonicity(aggregation: Aggregation) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let rows = rows(seed)
            var generator = SeededGenerator(seed: seed, stream: 2)
            let column = generator.index(below: 4)
            let row = generator.index(below: rows.count)
            var better = rows
            better[row][column] *= 1 + generator.uniform()
            let before = try result(tree(), data(rows)) { $0.aggregation = aggregation }
            let after = try result(tree(), data(better)) { $0.aggregation = aggregation }
            // One unit in the last place of rounding is allowed.
            #expect(after.index[row]! >= before.index[row]! * (1 - 1e-15))

            let posts = Goalposts(lower: 1e-4, upper: 1e4)
            let reversed = try flatTree(
                Self.codes, directions: Self.codes.map { $0 == Self.codes[column] ? .lessIsBetter : .moreIsBetter },
                goalposts: posts)
            let high = try result(reversed, data(better)) {
                $0.normalisation = .logGoalposts
                $0.aggregation = aggregation
            }
            let low = try result(reversed, data(rows)) {
                $0.normalisation = .logGoalposts
                $0.aggregation = aggregation
            }
            #expect(low.index[row]! >= high.index[row]! * (1 - 1e-15))
        }
    }

    @Test("every mean lies between the smallest and the largest part", arguments: 1...20 as ClosedRange<UInt64>)
    func means(seed: UInt64) throws {
        let rows = rows(seed)
        for aggregation in [Aggregation.arithmetic, .geometric, .harmonic, .power(3), .power(-1.5)] {
            let outcome = try result(tree(), data(rows)) { $0.aggregation = aggregation }
            for (row, values) in rows.enumerated() {
                #expect(outcome.index[row]! >= values.min()! * (1 - 1e-12))
                #expect(outcome.index[row]! <= values.max()! * (1 + 1e-12))
            }
        }
    }

    @Test("the order of units and of columns changes no index", arguments: 1...20 as ClosedRange<UInt64>)
    func order(seed: UInt64) throws {
        let rows = rows(seed)
        let straight = try result(tree(), data(rows)) {
            $0.normalisation = .minMax(lower: 1, upper: 100)
            $0.aggregation = .geometric
        }
        let turned = try table(
            Self.codes.enumerated().reversed().map { index, code in (code, rows.reversed().map { $0[index] }) })
        let reversed = try result(tree(), turned) {
            $0.normalisation = .minMax(lower: 1, upper: 100)
            $0.aggregation = .geometric
        }
        #expect(near(straight.index.values, reversed.index.values.reversed()))
        #expect(straight.ranks == reversed.ranks.reversed())
    }

    @Test("weights from data are shares: at least 0, and 1 together", arguments: 1...20 as ClosedRange<UInt64>)
    func shares(seed: UInt64) throws {
        for weighting in [Weighting.entropy, .critic, .principalComponents] {
            let outcome = try result(tree(), data(rows(seed))) { $0.weighting = weighting }
            let shares = Self.codes.compactMap { outcome.weights.shares[$0] }
            #expect(shares.allSatisfy { $0 >= 0 })
            #expect(near([CompensatedSum(shares).value], [1]))
        }
    }

    @Test("Copeland scores of n units add up to n (n − 1) / 2", arguments: 1...20 as ClosedRange<UInt64>)
    func copeland(seed: UInt64) throws {
        let outcome = try result(tree(), data(rows(seed))) { $0.aggregation = .copeland }
        #expect(near([CompensatedSum(outcome.index.present).value], [66]))
    }
}
