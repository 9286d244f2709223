// GrowthAttribution.swift: how much of a change came from more nodes, how much from faster ones, how much from their being
// there. By the logarithmic mean, which leaves no residual and treats both dates alike.

import RealModule

/// C = count · speed · availability at one date.
public struct CapacityFactors: Sendable, Hashable {
    /// Nodes.
    public let count: Double
    /// Mean converted rate of a node, ΣE / count.
    public let speed: Double
    /// Share of it that can be used, ΣK / ΣE.
    public let availability: Double

    /// - Throws: `AttributionError.notAFactor` for a number that is negative or not finite.
    public init(count: Double, speed: Double, availability: Double) throws(AttributionError) {
        for (name, number) in [("count", count), ("speed", speed), ("availability", availability)] {
            guard number.isFinite, number >= 0 else { throw .notAFactor(name: name, number: number) }
        }
        self.count = count
        self.speed = speed
        self.availability = availability
    }

    public var product: Double { count * speed * availability }
}

/// A change of capacity, C₁ − C₀, in three parts that add up to it.
public struct GrowthAttribution: Sendable, Hashable {
    public let count: Double
    public let speed: Double
    public let availability: Double

    public var total: Double { count + speed + availability }

    /// Δ_x = L · ln(x₁ / x₀) with L = (C₁ − C₀) / ln(C₁ / C₀): the additive LMDI I.
    ///
    /// A factor that is 0 at one date takes the whole change, which is the limit for a factor that goes to 0. Without
    /// nodes there is neither speed nor availability, so that the count takes it.
    ///
    /// - Throws: `AttributionError.severalZero` when speed and availability are both 0 at some date while there are
    ///   nodes.
    /// - Source: B. W. Ang, Energy Policy 33 (2005) 867; limits: B. W. Ang, N. Liu, Energy Policy 35 (2007) 238.
    public init(from start: CapacityFactors, to end: CapacityFactors) throws(AttributionError) {
        let change = end.product - start.product
        if start.count == 0 || end.count == 0 {
            (count, speed, availability) = (change, 0, 0)
            return
        }
        switch (start.speed == 0 || end.speed == 0, start.availability == 0 || end.availability == 0) {
        case (true, true): throw .severalZero
        case (true, false): (count, speed, availability) = (0, change, 0)
        case (false, true): (count, speed, availability) = (0, 0, change)
        case (false, false):
            let logs = (
                Double.log(end.count / start.count), Double.log(end.speed / start.speed),
                Double.log(end.availability / start.availability)
            )
            let mean = Self.logarithmicMean(start.product, logarithmOfRatio: logs.0 + logs.1 + logs.2)
            (count, speed, availability) = (mean * logs.0, mean * logs.1, mean * logs.2)
        }
    }

    /// (b − a) / ln(b / a) for b = a · exp(r): a · expm1(r) / r, which is a where both are equal.
    private static func logarithmicMean(_ a: Double, logarithmOfRatio r: Double) -> Double {
        r == 0 ? a : a * Double.expMinusOne(r) / r
    }
}

/// Why a change is not attributed.
public enum AttributionError: Error, Sendable, Hashable, CustomStringConvertible {
    case notAFactor(name: String, number: Double)
    case severalZero

    public var description: String {
        switch self {
        case .notAFactor(let name, let number): "\(name) must be a number ≥ 0 and is \(number)"
        case .severalZero: "speed and availability are both 0 at a date, so that no part can be told from the other"
        }
    }
}
