// RankProbabilities.swift: which place in a ranking an amount holds, when all amounts are uncertain.

import SampleStatistics

/// Where one of several uncertain amounts may rank; 1 is the largest.
public struct RankProbabilities: Sendable, Hashable {
    public let name: String
    /// How often each rank was drawn, from rank 1 on.
    private let counts: [Int]
    private let replicates: Int

    /// Draws all amounts `replicates` times and ranks them.
    ///
    /// Random parts are drawn for each amount, the systematic part once for all, since it is common: an error that makes
    /// all larger changes no rank by itself. Both are taken as normal. Equal amounts share the smaller rank. Equal input
    /// and seed give equal output, on every machine.
    ///
    /// - Parameters:
    ///   - amounts: Under the same terms.
    ///   - replicates: ≥ 1; 10 000 leave a standard error of half a per cent on a probability of one half.
    /// - Returns: In the order of `amounts`.
    /// - Throws: `CapacityError.mixed…`.
    /// - Complexity: O(replicates · *n* log *n*) time, O(*n*²) memory.
    /// - Source: Joint Committee for Guides in Metrology, JCGM 101:2008, propagation of distributions by Monte Carlo.
    public static func ranks(
        of amounts: [(name: String, capacity: Capacity)], seed: UInt64, replicates: Int = 10_000
    ) throws(CapacityError) -> [RankProbabilities] {
        precondition(replicates >= 1, "nothing is told by no draws")
        guard let first = amounts.first?.capacity else { return [] }
        for amount in amounts { try first.requireSameTerms(as: amount.capacity) }
        var counts = [[Int]](repeating: [Int](repeating: 0, count: amounts.count), count: amounts.count)
        var values = [Double](repeating: 0, count: amounts.count)
        for replicate in 0..<replicates {
            // A stream of its own, so that a replicate depends on its number alone.
            var generator = SeededGenerator(seed: seed, stream: UInt64(replicate))
            let common = normal(&generator)
            for (index, amount) in amounts.enumerated() {
                values[index] =
                    amount.capacity.value + amount.capacity.randomUncertainty * normal(&generator)
                    + amount.capacity.systematicUncertainty * common
            }
            let order = values.indices.sorted { values[$0] > values[$1] }
            var rank = 0
            for (place, index) in order.enumerated() {
                if place == 0 || values[index] < values[order[place - 1]] { rank = place }
                counts[index][rank] += 1
            }
        }
        return zip(amounts, counts).map { amount, counts in
            RankProbabilities(name: amount.name, counts: counts, replicates: replicates)
        }
    }

    /// P(rank ≤ k); 0 for k < 1, 1 from the number of amounts on.
    public func probability(ofRankUpTo k: Int) -> Double {
        Double(counts.prefix(max(0, k)).reduce(0, +)) / Double(replicates)
    }

    /// The smallest rank that is not exceeded in half of the draws.
    public var median: Int { quantile(0.5) }

    /// From the 5 % to the 95 % quantile.
    public var interval90: ClosedRange<Int> { quantile(0.05)...quantile(0.95) }

    private func quantile(_ probability: Double) -> Int {
        var seen = 0
        for (index, count) in counts.enumerated() {
            seen += count
            if Double(seen) >= probability * Double(replicates) { return index + 1 }
        }
        return counts.count
    }

    private static func normal(_ generator: inout SeededGenerator) -> Double {
        // In the open interval: 0 has no quantile.
        NormalDistribution.quantile((Double(generator.next() >> 12) + 0.5) * 0x1p-52)
    }
}
