// ResolvableRegression.swift: the smallest drop of a rate that a comparison of two sides would find.

import RealModule

/// How two sides are compared: `rounds` rates of each, Mann–Whitney U, two-sided.
public struct ComparisonDesign: Sendable, Hashable {
    /// Per side, up to `MannWhitney.exactLimit`.
    public var rounds: Int
    /// A difference with a smaller p value is one.
    public var significance: Double
    /// With which a drop is to be found.
    public var power: Double

    public init(rounds: Int = 9, significance: Double = 0.01, power: Double = 0.95) {
        self.rounds = rounds
        self.significance = significance
        self.power = power
    }
}

/// What a comparison can resolve on a machine with a known noise floor, from a seeded simulation.
///
/// Both sides are drawn again from the centred log rates of the A/A rounds, and one of them is moved down. U falls with
/// the move, so each pair of drawn sides has a smallest move from which on the test finds it: an order statistic of all
/// pairs' differences. The quantile of these moves at the design's power is the resolvable regression.
public struct ResolvableRegression: Sendable, Hashable {
    public let noise: NoiseFloor
    public let design: ComparisonDesign
    /// Relative drop of the rate that is found with the design's power if the A/A rounds show the noise as it is.
    public let atEstimate: Double
    /// The same if the noise is at its upper bound, which few rounds cannot exclude. The figure to rely on.
    public let atUpperBound: Double

    /// Drawn pairs of sides; they leave an error of about 0.2 % on a power of 95 %.
    public static let draws = 10_000

    /// - Parameters:
    ///   - rates: Of repeated rounds of the same thing, each > 0.
    ///   - confidence: Of the noise floor's upper bound.
    /// - Returns: nil with fewer than three rounds, unusable rates, or when no result of the design's size can reach its
    ///   significance.
    /// - Complexity: `draws` sorts of `rounds`² differences.
    public init?(
        rates: [Double], design: ComparisonDesign = ComparisonDesign(), confidence: Double = 0.95, seed: UInt64 = 1
    ) {
        guard rates.count >= 3, let noise = NoiseFloor(rates: rates, confidence: confidence),
            let move = Self.standardMove(rates, design: design, seed: seed)
        else { return nil }
        self.noise = noise
        self.design = design
        atEstimate = 1 - Double.exp(-move * noise.coefficientOfVariation)
        atUpperBound = 1 - Double.exp(-move * noise.upperBound)
    }

    /// The resolvable move of the log rate in standard deviations of the A/A rounds.
    private static func standardMove(_ rates: [Double], design: ComparisonDesign, seed: UInt64) -> Double? {
        let rounds = design.rounds
        guard (1...MannWhitney.exactLimit).contains(rounds), (0..<1).contains(design.power),
            let critical = MannWhitney.criticalValue(rounds, rounds, significance: design.significance)
        else { return nil }
        let logs = rates.map { Double.log($0) }
        guard let moments = Moments(logs), let deviation = moments.standardDeviation else { return nil }
        // Equal rates have no noise to draw from, and none to resolve anything against.
        guard deviation > 0 else { return 0 }
        // The sample's own values scatter less than it says by (n − 1)/n.
        let count = Double(logs.count)
        let scale = (count / (count - 1)).squareRoot() / deviation
        let centred = logs.map { ($0 - moments.mean) * scale }
        var generator = SeededGenerator(seed: seed)
        var moves: [Double] = []
        var differences = [Double](repeating: 0, count: rounds * rounds)
        for _ in 0..<draws {
            let before = (0..<rounds).map { _ in centred[generator.index(below: centred.count)] }
            let after = (0..<rounds).map { _ in centred[generator.index(below: centred.count)] }
            for (row, value) in after.enumerated() {
                for (column, other) in before.enumerated() { differences[row * rounds + column] = value - other }
            }
            // U of the moved side counts the differences above the move; `critical` of them may be left.
            differences.sort()
            moves.append(differences[differences.count - 1 - critical])
        }
        moves.sort()
        let index = min(draws - 1, Int((design.power * Double(draws)).rounded(.up)))
        return max(0, moves[index])
    }
}
