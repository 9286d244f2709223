// Shape.swift: skewness and kurtosis of a sample, as spreadsheets, SAS and COINr state them.

import SampleStatistics

/// Sample skewness and excess kurtosis, each corrected for the sample's size.
///
/// - Source: D. N. Joanes, C. A. Gill, Comparing measures of sample skewness and kurtosis, The Statistician 47 (1998),
///   183–189: G₁ and G₂, the "type 2" of statistical packages.
public struct Shape: Sendable, Hashable {
    /// G₁ = √n Σd³ / (Σd²)^(3/2) · √(n (n − 1)) / (n − 2), with d = x − mean.
    public let skewness: Double
    /// G₂ = ((n + 1) (n Σd⁴ / (Σd²)² − 3) + 6) · (n − 1) / ((n − 2) (n − 3)).
    public let excessKurtosis: Double

    /// - Returns: nil for fewer than four values, or when all are equal.
    /// - Complexity: O(*n*).
    public init?(_ values: [Double]) {
        guard values.count >= 4, let mean = Moments(values)?.mean,
            let low = values.min(), let high = values.max(), low < high
        else { return nil }
        let n = Double(values.count)
        // Both measures are free of scale; dividing by the largest deviation keeps the fourth power in range.
        let scale = max(high - mean, mean - low)
        var second = CompensatedSum()
        var third = CompensatedSum()
        var fourth = CompensatedSum()
        for value in values {
            let deviation = (value - mean) / scale
            let square = deviation * deviation
            second.add(square)
            third.add(square * deviation)
            fourth.add(square * square)
        }
        let sumOfSquares = second.value
        skewness =
            n.squareRoot() * third.value / (sumOfSquares * sumOfSquares.squareRoot())
            * (n * (n - 1)).squareRoot() / (n - 2)
        let ratio = n * fourth.value / (sumOfSquares * sumOfSquares)
        excessKurtosis = ((n + 1) * (ratio - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
        guard skewness.isFinite, excessKurtosis.isFinite else { return nil }
    }
}

/// When an indicator's shape is close enough to be left alone.
public struct ShapeLimits: Sendable, Hashable {
    /// Of |skewness|.
    public let skewness: Double
    /// Of the excess kurtosis.
    public let kurtosis: Double

    /// |skewness| < 2 or excess kurtosis < 3.5, the limits of COINr and of the Global Innovation Index.
    public static let usual = ShapeLimits(skewness: 2, kurtosis: 3.5)

    public init(skewness: Double, kurtosis: Double) {
        self.skewness = skewness
        self.kurtosis = kurtosis
    }

    /// One of the two is enough.
    public func admit(_ shape: Shape) -> Bool {
        abs(shape.skewness) < skewness || shape.excessKurtosis < kurtosis
    }
}
