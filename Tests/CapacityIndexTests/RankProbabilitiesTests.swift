// RankProbabilitiesTests.swift: ranks of uncertain amounts against probabilities that are known.

import CapacityIndex
import SampleStatistics
import Testing

@Suite("Rank probabilities")
struct RankProbabilitiesTests {
    // 10 000 draws: the standard error of a probability of ½ is .005, three of them .015.
    @Test("of two amounts that are alike each is first in half of the draws")
    func equal() throws {
        let amount = try capacity(100, random: 0.1)
        let ranks = try RankProbabilities.ranks(of: [("a", amount), ("b", amount)], seed: 1)
        #expect(abs(ranks[0].probability(ofRankUpTo: 1) - 0.5) < 0.015)
        #expect(ranks[0].probability(ofRankUpTo: 1) + ranks[1].probability(ofRankUpTo: 1) == 1)
        #expect(ranks[0].probability(ofRankUpTo: 2) == 1 && ranks[0].probability(ofRankUpTo: 0) == 0)
        #expect(ranks[0].interval90 == 1...2)
    }

    // The difference of 110 ± 6 and 100 ± 8 is 10 ± 10: Φ(1) = .841345.
    @Test("an amount that lies one standard deviation of the difference ahead is first in 84.1 %")
    func ahead() throws {
        let ranks = try RankProbabilities.ranks(
            of: [("a", try capacity(100, random: 0.08)), ("b", try capacity(110, random: 6 / 110.0))], seed: 2)
        #expect(abs(ranks[1].probability(ofRankUpTo: 1) - 0.841345) < 3 * 0.00366)
        #expect(ranks[1].median == 1 && ranks[0].median == 2)
    }

    @Test("an error that is common to all changes no rank")
    func common() throws {
        let ranks = try RankProbabilities.ranks(
            of: [
                ("a", try capacity(100, systematic: 0.5)), ("b", try capacity(101, systematic: 0.5)),
                ("c", try capacity(99, systematic: 0.5)),
            ], seed: 3, replicates: 1000)
        // 1 + .5 z turns the order round below z = −2, in 2.3 % of draws: negative amounts, which no one has.
        #expect(abs(ranks[1].probability(ofRankUpTo: 1) - 0.977) < 0.015)
        #expect(ranks.map(\.median) == [2, 1, 3])
    }

    @Test("certain amounts have certain ranks, and equal ones share the smaller")
    func ties() throws {
        let ranks = try RankProbabilities.ranks(
            of: [("a", try capacity(5)), ("b", try capacity(7)), ("c", try capacity(5)), ("d", try capacity(1))],
            seed: 4, replicates: 10)
        #expect(ranks.map(\.interval90) == [2...2, 1...1, 2...2, 4...4])
        #expect(ranks.map(\.name) == ["a", "b", "c", "d"])
    }

    @Test("the same seed gives the same ranks, none give none, and terms are not mixed")
    func repeatable() throws {
        let amounts = try (0..<5).map { ("\($0)", try capacity(100 + Double($0), random: 0.05)) }
        #expect(
            try RankProbabilities.ranks(of: amounts, seed: 9, replicates: 500)
                == RankProbabilities.ranks(of: amounts, seed: 9, replicates: 500))
        #expect(try RankProbabilities.ranks(of: [], seed: 1).isEmpty)
        #expect(throws: CapacityError.self) {
            try RankProbabilities.ranks(
                of: [("a", try capacity(1)), ("b", try capacity(1, precision: .fp64))], seed: 1)
        }
    }
}
