// RatioEstimator.swift: what nodes that nobody measured would deliver, from measured ones of the same kind.
// By the ratio to the stated peak, which is known of all of them, so that nodes of different size can share a stratum.

import SampleStatistics

/// The ratio of delivered rate to stated peak in one stratum (nodes of one model and class).
///
/// Assumed: the measured nodes are like a random sample of their stratum. Nodes that were chosen to look good, or new
/// ones of an old stratum, break that, and nothing in the figures shows it.
public struct RatioEstimator: Sendable, Hashable {
    /// What one measured node delivers and could at most.
    public struct Node: Sendable, Hashable {
        /// S, ≥ 0.
        public let rate: Double
        /// P in the same unit, > 0.
        public let peak: Double

        /// Nil when a number is not finite, the peak not above 0 or the rate negative.
        public init?(rate: Double, peak: Double) {
            guard rate.isFinite, peak.isFinite, rate >= 0, peak > 0 else { return nil }
            self.rate = rate
            self.peak = peak
        }
    }

    /// Fewer measured nodes say too little of a stratum; its capacity stays nameplate.
    public static let fewestNodes = 3

    /// η̂ = ΣS / ΣP.
    public let ratio: Double
    /// √(s_d² / n) / P̄, the standard error of η̂, with d = S − η̂ P and s_d² over n − 1.
    public let standardError: Double
    public let count: Int

    /// - Returns: nil for fewer than three nodes.
    /// - Source: W. G. Cochran, Sampling Techniques, 3rd ed. (1977), sections 2.11 and 6.4; without the correction for
    ///   finite populations, which errs to the safe side.
    public init?(_ measured: some Collection<Node>) {
        guard measured.count >= Self.fewestNodes else { return nil }
        let n = Double(measured.count)
        let peaks = CompensatedSum(measured.lazy.map(\.peak)).value
        let ratio = CompensatedSum(measured.lazy.map(\.rate)).value / peaks
        // Σd = 0 by construction, so the squares are about the mean already.
        let squares = CompensatedSum(
            measured.lazy.map { node in
                let difference = node.rate - ratio * node.peak
                return difference * difference
            }
        ).value
        self.ratio = ratio
        standardError = (squares / (n - 1) / n).squareRoot() / (peaks / n)
        count = measured.count
    }

    /// C_ext = η̂ · P_un with u = P_un · √(s_d² / n) / P̄.
    ///
    /// The whole amount rests on one ratio, so its uncertainty is shared by all nodes of the stratum and does not shrink
    /// with their number.
    ///
    /// - Parameter peak: P_un, the summed peak of the nodes that were not measured, finite and ≥ 0.
    /// - Returns: nil for other peaks.
    public func extrapolated(toPeak peak: Double) -> (value: Double, uncertainty: Double)? {
        guard peak.isFinite, peak >= 0 else { return nil }
        return (ratio * peak, standardError * peak)
    }
}
