// SimulatedNoise.swift: slice times with a known mean, as machines make them: skewed, heavy-tailed, correlated, in modes.

internal import RealModule
import SampleStatistics

/// A kind of scatter around a mean of 0 with a standard deviation of 1.
package enum SimulatedNoise: String, Sendable, CaseIterable {
    case normal = "normal"
    /// ln t has a standard deviation of 0.5: skewness 1.75.
    case logNormal = "log-normal"
    /// 30 % of the slices take 15 % longer, the others scatter by 2 %.
    case bimodal = "two modes"
    /// Student's t with three degrees of freedom: symmetric, kurtosis infinite.
    case studentT3 = "t(3)"
    case exponential = "exponential"
    /// Tail ∝ x⁻³: skewness infinite.
    case pareto = "Pareto, α = 3"
    case uniform = "uniform"
    /// x_i = φ x_{i−1} + normal.
    case correlated50 = "AR(1), φ = 0.5"
    case correlated90 = "AR(1), φ = 0.9"
    /// x_i = 0.9 x_{i−1} + Pareto.
    case heavyCorrelated90 = "AR(1), φ = 0.9, Pareto"
    /// The two modes, each slice keeping its neighbour's with probability 0.8: slow spells of 7 slices on average.
    case lastingModes = "lasting modes"

    /// Standard deviation over mean of the times made from it.
    package var coefficientOfVariation: Double {
        switch self {
        case .bimodal, .lastingModes: Self.modesDeviation / (1 + Self.slowShare * Self.slowDown)
        default: 0.02
        }
    }

    private static let slowShare = 0.3
    private static let slowDown = 0.15
    private static let scatter = 0.02
    private static let modesDeviation =
        (slowShare * (1 - slowShare) * slowDown * slowDown + scatter * scatter).squareRoot()

    /// Times around 1.
    package func times(_ count: Int, from generator: inout NormalGenerator) -> [Double] {
        deviations(count, from: &generator).map { 1 + coefficientOfVariation * $0 }
    }

    package func deviations(_ count: Int, from generator: inout NormalGenerator) -> [Double] {
        switch self {
        case .correlated50: autoregression(0.5, count, from: &generator) { $0.normal() }
        case .correlated90: autoregression(0.9, count, from: &generator) { $0.normal() }
        case .heavyCorrelated90: autoregression(0.9, count, from: &generator) { Self.paretoDeviation(&$0) }
        case .lastingModes: modes(count, keeping: 0.8, from: &generator)
        case .bimodal: modes(count, keeping: 0, from: &generator)
        default: (0..<count).map { _ in independent(&generator) }
        }
    }

    private func independent(_ generator: inout NormalGenerator) -> Double {
        switch self {
        case .logNormal:
            let square = 0.25
            let mean = Double.exp(square / 2)
            return (Double.exp(0.5 * generator.normal()) - mean) / (mean * Double.expMinusOne(square).squareRoot())
        case .studentT3:
            let squares = (0..<3).reduce(0.0) { sum, _ in
                let value = generator.normal()
                return sum + value * value
            }
            // Its variance is 3.
            return generator.normal() / squares.squareRoot()
        case .exponential: return -Double.log(1 - generator.uniform()) - 1
        case .pareto: return Self.paretoDeviation(&generator)
        case .uniform: return (generator.uniform() - 0.5) * 12.0.squareRoot()
        default: return generator.normal()
        }
    }

    /// x = u^(−1/3) has mean 3/2 and variance 3/4.
    private static func paretoDeviation(_ generator: inout NormalGenerator) -> Double {
        (1 / Double.root(1 - generator.uniform(), 3) - 1.5) / 0.75.squareRoot()
    }

    private func autoregression(
        _ coefficient: Double, _ count: Int, from generator: inout NormalGenerator,
        _ innovation: (inout NormalGenerator) -> Double
    ) -> [Double] {
        let scale = (1 - coefficient * coefficient).squareRoot()
        var value = innovation(&generator)
        // 0.9¹⁰⁰ = 3·10⁻⁵ of the first value is left where the series begins.
        for _ in 0..<100 { value = coefficient * value + scale * innovation(&generator) }
        return (0..<count).map { _ in
            value = coefficient * value + scale * innovation(&generator)
            return value
        }
    }

    private func modes(_ count: Int, keeping: Double, from generator: inout NormalGenerator) -> [Double] {
        var isSlow = generator.uniform() < Self.slowShare
        return (0..<count).map { _ in
            if generator.uniform() >= keeping { isSlow = generator.uniform() < Self.slowShare }
            let deviation = (isSlow ? 1 - Self.slowShare : -Self.slowShare) * Self.slowDown
            return (deviation + Self.scatter * generator.normal()) / Self.modesDeviation
        }
    }

    /// Standard deviation of the mean of `count` values, from the autocorrelations φ^k of the kind.
    package func deviationOfMean(_ count: Int) -> Double {
        let neighbours: (correlation: Double, share: Double) =
            switch self {
            case .correlated50: (0.5, 1)
            case .correlated90, .heavyCorrelated90: (0.9, 1)
            // Only the modes are correlated, not the scatter around them.
            case .lastingModes: (0.8, 1 - Self.scatter * Self.scatter / (Self.modesDeviation * Self.modesDeviation))
            default: (0, 1)
            }
        let n = Double(count)
        var sum = 1.0
        var power = neighbours.share
        for lag in 1..<max(count, 2) {
            power *= neighbours.correlation
            guard power > 1e-12 else { break }
            sum += 2 * power * (1 - Double(lag) / n)
        }
        return (sum / n).squareRoot()
    }
}

/// Normal and uniform numbers from one seeded generator.
package struct NormalGenerator: Sendable {
    private var generator: SeededGenerator
    private var spare: Double?

    package init(seed: UInt64, stream: UInt64) { generator = SeededGenerator(seed: seed, stream: stream) }

    package mutating func uniform() -> Double { generator.uniform() }

    /// Mean 0, standard deviation 1.
    ///
    /// - Source: G. Marsaglia, T. A. Bray, SIAM Rev. 6 (1964) 260, the polar method.
    package mutating func normal() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        while true {
            let (x, y) = (2 * generator.uniform() - 1, 2 * generator.uniform() - 1)
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            let factor = (-2 * Double.log(square) / square).squareRoot()
            spare = y * factor
            return x * factor
        }
    }
}
