// NoiseFloor.swift: how much rates scatter when nothing has changed, and how little of that few rounds can rule out.

import RealModule

/// The scatter of a rate between rounds of one and the same thing (A/A).
///
/// Of the logarithms of the rates, whose standard deviation is the coefficient of variation as long as it is small, and
/// treats a factor up like one down.
public struct NoiseFloor: Sendable, Hashable {
    public let rounds: Int
    /// Standard deviation of the log rates.
    public let coefficientOfVariation: Double
    /// The true one is below this with probability `confidence`, for log rates that are normal.
    ///
    /// - Source: the chi-squared interval of a variance, e.g. G. J. Hahn, W. Q. Meeker, Statistical Intervals (1991), 4.3.
    public let upperBound: Double
    public let confidence: Double

    /// - Parameters:
    ///   - rates: One per round, each > 0.
    ///   - confidence: One-sided, in (0, 1).
    /// - Returns: nil with fewer than two rounds, or a rate that is not positive and finite.
    public init?(rates: [Double], confidence: Double = 0.95) {
        guard rates.allSatisfy({ $0 > 0 && $0.isFinite }), let moments = Moments(rates.map { Double.log($0) }),
            let deviation = moments.standardDeviation
        else { return nil }
        let freedom = Double(rates.count - 1)
        rounds = rates.count
        coefficientOfVariation = deviation
        upperBound =
            deviation * (freedom / ChiSquared(degreesOfFreedom: freedom).quantile(1 - confidence)).squareRoot()
        self.confidence = confidence
    }
}
