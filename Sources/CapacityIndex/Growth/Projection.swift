// Projection.swift: a total at a later date if it goes on growing as it did, with the interval that its past allows.

import RealModule
import SampleStatistics

/// Growth at a constant rate, fitted to dated totals: ln C = α + β t + ε, with t in years of 365 days.
///
/// Assumed: what scattered around the line in the past goes on doing so, normally and independently. A change of the
/// trend itself is in no interval.
public struct Projection: Sendable, Hashable {
    /// exp(β) − 1.
    public let annualGrowth: Double
    /// Standard deviation of the logarithms around the line, over n − 2.
    public let scatter: Double
    public let count: Int
    private let slope: Double
    private let meanYears: Double
    private let meanLogarithm: Double
    private let spreadOfYears: Double
    private let origin: Timestamp

    /// - Parameter totals: Three or more, at three or more dates, in any order, under the same terms, each > 0.
    /// - Throws: `CapacityError.mixed…` for other terms, `ProjectionError`.
    public init(_ totals: some Collection<Capacity>) throws {
        guard let first = totals.first else { throw ProjectionError.tooFewDates(needed: 3, got: 0) }
        for total in totals {
            try first.requireSameTerms(as: total)
            guard total.value > 0 else { throw ProjectionError.nothingAt(total.asOf) }
        }
        let dates = Set(totals.map(\.asOf)).count
        guard dates >= 3 else { throw ProjectionError.tooFewDates(needed: 3, got: dates) }
        let origin = first.asOf
        let points = totals.map {
            (years: $0.asOf.days(since: origin) / Timestamp.daysPerYear, log: Double.log($0.value))
        }
        let n = Double(points.count)
        let meanYears = CompensatedSum(points.lazy.map(\.years)).value / n
        let meanLogarithm = CompensatedSum(points.lazy.map(\.log)).value / n
        let spread = CompensatedSum(points.lazy.map { ($0.years - meanYears) * ($0.years - meanYears) }).value
        let product = CompensatedSum(points.lazy.map { ($0.years - meanYears) * ($0.log - meanLogarithm) }).value
        let slope = product / spread
        let squares = CompensatedSum(
            points.lazy.map { point in
                let residual = point.log - meanLogarithm - slope * (point.years - meanYears)
                return residual * residual
            }
        ).value
        self.slope = slope
        self.meanYears = meanYears
        self.meanLogarithm = meanLogarithm
        self.origin = origin
        spreadOfYears = spread
        count = points.count
        scatter = (squares / (n - 2)).squareRoot()
        annualGrowth = Double.expMinusOne(slope)
    }

    /// The total at a date, and the interval that a new total of that date lies in with probability `level`.
    ///
    /// ln C ± t(n − 2) · s · √(1 + 1/n + (t − t̄)² / Σ(t_i − t̄)²).
    ///
    /// - Parameter level: In 0 … 1, both ends left out.
    /// - Source: N. R. Draper, H. Smith, Applied Regression Analysis, 3rd ed. (1998), section 3.1.
    public func total(at date: Timestamp, level: Double = 0.95) -> (value: Double, interval: ClosedRange<Double>) {
        let distance = date.days(since: origin) / Timestamp.daysPerYear - meanYears
        let logarithm = meanLogarithm + slope * distance
        let n = Double(count)
        let error = scatter * (1 + 1 / n + distance * distance / spreadOfYears).squareRoot()
        let half = StudentT(degreesOfFreedom: n - 2).quantile((1 + level) / 2) * error
        return (Double.exp(logarithm), Double.exp(logarithm - half)...Double.exp(logarithm + half))
    }
}

/// Why nothing is projected.
public enum ProjectionError: Error, Sendable, Hashable, CustomStringConvertible {
    case tooFewDates(needed: Int, got: Int)
    /// A total of 0 has no logarithm.
    case nothingAt(Timestamp)

    public var description: String {
        switch self {
        case .tooFewDates(let needed, let got):
            "a projection with an interval needs totals of \(needed) dates and has \(got)"
        case .nothingAt(let date): "the total of \(date.date) is 0, from which nothing grows"
        }
    }
}
