// ChiSquared.swift: the chi-squared distribution, for intervals of standard deviations.

import RealModule

/// The chi-squared distribution with `degreesOfFreedom` > 0.
public struct ChiSquared: Sendable, Hashable {
    public let degreesOfFreedom: Double

    public init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

    /// Probability of a value ≤ x.
    public func cumulative(_ x: Double) -> Double {
        x > 0 ? regularizedLowerGamma(a: degreesOfFreedom / 2, x: x / 2) : 0
    }

    /// The x that a share `probability` of the distribution lies below, to 1e-10 relative.
    ///
    /// - Parameter probability: In (0, 1).
    public func quantile(_ probability: Double) -> Double {
        var high = degreesOfFreedom + 1
        while cumulative(high) < probability, high < 1e300 { high *= 2 }
        var low = 0.0
        while high - low > 1e-12 * high {
            let middle = low + (high - low) / 2
            if middle == low || middle == high { break }
            if cumulative(middle) < probability { low = middle } else { high = middle }
        }
        return low + (high - low) / 2
    }
}

/// P(a, x), the regularised lower incomplete gamma function, for a, x > 0.
///
/// - Source: NIST Digital Library of Mathematical Functions, 8.7.1 (series) and 8.9.2 (continued fraction).
func regularizedLowerGamma(a: Double, x: Double) -> Double {
    let front = Double.exp(a * Double.log(x) - x - Double.logGamma(a))
    if x < a + 1 {
        var term = 1 / a
        var sum = term
        var n = a
        while abs(term) > 1e-17 * sum {
            n += 1
            term *= x / n
            sum += term
        }
        return front * sum
    }
    // Lentz's method on 1/(x + 1 − a − 1·(1 − a)/(x + 3 − a − …)).
    var b = x + 1 - a
    var c = 1e300
    var d = 1 / b
    var fraction = d
    for i in 1...10_000 {
        let i = Double(i)
        let numerator = -i * (i - a)
        b += 2
        d = 1 / (numerator * d + b)
        c = b + numerator / c
        fraction *= c * d
        if abs(c * d - 1) < 1e-15 { break }
    }
    return 1 - front * fraction
}
