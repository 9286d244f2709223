// StudentT.swift: Student's t distribution, for intervals of means.

import RealModule

/// Student's t distribution with `degreesOfFreedom` ≥ 1.
public struct StudentT: Sendable, Hashable {
    public let degreesOfFreedom: Double

    public init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

    /// Probability of a value ≤ t.
    public func cumulative(_ t: Double) -> Double {
        let tail =
            0.5
            * regularizedIncompleteBeta(
                x: degreesOfFreedom / (degreesOfFreedom + t * t), a: degreesOfFreedom / 2, b: 0.5)
        return t >= 0 ? 1 - tail : tail
    }

    /// The t that a share `probability` of the distribution lies below, to 1e-10 relative.
    ///
    /// - Parameter probability: In (0, 1).
    public func quantile(_ probability: Double) -> Double {
        if probability == 0.5 { return 0 }
        if probability < 0.5 { return -quantile(1 - probability) }
        // Above the median the density falls, so that a step of Newton's from the left never goes too far; from the
        // right it may, and half the bracket is taken then. Some ten evaluations.
        var low = 0.0
        var high = 1.0
        while cumulative(high) < probability, high < 1e300 {
            low = high
            high *= 2
        }
        let logFront =
            Double.logGamma((degreesOfFreedom + 1) / 2) - Double.logGamma(degreesOfFreedom / 2)
            - 0.5 * Double.log(degreesOfFreedom * Double.pi)
        var t = low > 0 ? low : high / 2
        for _ in 0..<200 {
            let excess = cumulative(t) - probability
            if excess < 0 { low = t } else { high = t }
            let density =
                Double.exp(logFront - (degreesOfFreedom + 1) / 2 * Double.log(onePlus: t * t / degreesOfFreedom))
            var next = t - excess / density
            if !(next > low && next < high) { next = low + (high - low) / 2 }
            let moved = abs(next - t)
            t = next
            if moved <= 1e-12 * t || next == low || next == high { break }
        }
        return t
    }
}

/// I_x(a, b), the regularised incomplete beta function, for x in [0, 1] and a, b > 0.
///
/// - Source: NIST Digital Library of Mathematical Functions, 8.17.22 (continued fraction), evaluated by Lentz's method.
func regularizedIncompleteBeta(x: Double, a: Double, b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast below the mean of the distribution; above it the symmetric one does.
    if x > (a + 1) / (a + b + 2) { return 1 - regularizedIncompleteBeta(x: 1 - x, a: b, b: a) }
    let logFront =
        Double.logGamma(a + b) - Double.logGamma(a) - Double.logGamma(b) + a * Double.log(x) + b * Double.log(1 - x)
    let tiny = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var fraction = d
    for m in 1...10_000 {
        let m = Double(m)
        let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        var change = 1.0
        for coefficient in [even, odd] {
            d = 1 + coefficient * d
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = 1 + coefficient / c
            if abs(c) < tiny { c = tiny }
            change = c * d
            fraction *= change
        }
        if abs(change - 1) < 1e-15 { break }
    }
    return Double.exp(logFront) * fraction / a
}
