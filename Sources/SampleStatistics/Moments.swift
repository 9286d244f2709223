// Moments.swift: mean and spread of a sample.

/// Mean and sample standard deviation, from two compensated passes.
public struct Moments: Sendable, Hashable {
    public let count: Int
    public let mean: Double
    /// With n − 1 in the denominator; nil for one value.
    public let standardDeviation: Double?

    /// - Returns: nil when `samples` is empty.
    public init?(_ samples: [Double]) {
        guard !samples.isEmpty else { return nil }
        let mean = CompensatedSum(samples).value / Double(samples.count)
        let squares = CompensatedSum(samples.lazy.map { ($0 - mean) * ($0 - mean) }).value
        count = samples.count
        self.mean = mean
        standardDeviation = samples.count > 1 ? (squares / Double(samples.count - 1)).squareRoot() : nil
    }

    /// Standard deviation over mean; nil for one value or a mean of 0.
    public var coefficientOfVariation: Double? {
        guard let standardDeviation, mean != 0 else { return nil }
        return standardDeviation / abs(mean)
    }
}
