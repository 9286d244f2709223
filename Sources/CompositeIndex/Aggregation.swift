// Aggregation.swift: the scores of an aggregate's parts into one, unit by unit.

import RealModule
import SampleStatistics

/// How parts become a whole; x are their scores and w their weights, scaled to add up to 1 over what is present.
public enum Aggregation: Sendable, Hashable {
    /// Σ w x.
    case arithmetic
    /// exp Σ w ln x; every x > 0.
    case geometric
    /// 1 / Σ (w / x); every x > 0.
    case harmonic
    /// (Σ w x^p)^(1/p); every x ≥ 0, and > 0 for p ≤ 0. p = 0 is the geometric mean.
    case power(Double)
    /// Σ over the other units of the weight of the parts in which this one is ahead, half for a tie: COINr's
    /// `a_copeland`, from 0 to n − 1.
    case copeland
    /// D⁻ / (D⁺ + D⁻), the distances of w x from the worst and from the best that occurs.
    case topsis

    /// Whether the result for one unit depends on the others.
    var comparesUnits: Bool { self == .copeland || self == .topsis }
}

/// One aggregate's parts with their weights.
struct Group {
    let parent: String
    let codes: [String]
    let columns: [DataColumn]
    /// ≥ 0, in any scale; not all 0.
    let weights: [Double]
    /// Share of the weight that must be present for a result.
    let threshold: Double

    var rowCount: Int { columns.first?.count ?? 0 }
    var totalWeight: Double { CompensatedSum(weights).value }

    /// Weight of what a unit has; nil when it is less than the threshold asks for.
    ///
    /// - Parameter total: `totalWeight`, which callers with many rows compute once.
    func presentWeight(_ row: Int, total: Double) -> Double? {
        var present = 0.0
        var missing = false
        for index in columns.indices {
            if columns[index].raw[row].isNaN { missing = true } else { present += weights[index] }
        }
        if !missing { return total }
        return present > 0 && present >= (threshold - Tolerance.share) * total ? present : nil
    }
}

enum Aggregating {
    /// - Parameter periods: Rows that are compared with each other, where the method compares units.
    /// - Throws: `.valueNotPositive`, `.negativeValue`, `.valueOverflows`.
    static func aggregate(
        _ group: Group, by method: Aggregation, units: [CompositeUnit], periods: [[Int]]
    ) throws(CompositeError) -> DataColumn {
        let column: DataColumn
        switch method {
        case .copeland: column = UnitComparison.copeland(group, periods: periods)
        case .topsis: column = UnitComparison.topsis(group, periods: periods)
        case .arithmetic:
            column = try means(group, units, method, transform: { $0 }, inverse: { $0 })
        case .geometric:
            column = try means(group, units, method, transform: { Double.log($0) }, inverse: { Double.exp($0) })
        case .harmonic:
            column = try means(group, units, method, transform: { 1 / $0 }, inverse: { 1 / $0 })
        case .power(let p):
            if p == 0 { return try aggregate(group, by: .geometric, units: units, periods: periods) }
            if p == 1 { return try aggregate(group, by: .arithmetic, units: units, periods: periods) }
            column = try means(
                group, units, method, transform: { Double.pow($0, p) }, inverse: { Double.pow($0, 1 / p) })
        }
        return column
    }

    /// f⁻¹(Σ w f(x) / Σ w) over the parts that are present and carry weight.
    private static func means(
        _ group: Group, _ units: [CompositeUnit], _ method: Aggregation, transform: (Double) -> Double,
        inverse: (Double) -> Double
    ) throws(CompositeError) -> DataColumn {
        let total = group.totalWeight
        let domain = domain(of: method)
        var results = [Double](repeating: .nan, count: group.rowCount)
        for row in results.indices {
            guard let present = group.presentWeight(row, total: total) else { continue }
            var sum = CompensatedSum()
            for index in group.columns.indices where group.weights[index] > 0 {
                let value = group.columns[index].raw[row]
                if value.isNaN { continue }
                switch domain {
                case .positive where value <= 0:
                    throw .valueNotPositive(
                        method: MethodNames.name(of: method), unit: units[row].label, code: group.codes[index],
                        value: value)
                case .notNegative where value < 0:
                    throw .negativeValue(
                        method: MethodNames.name(of: method), unit: units[row].label, code: group.codes[index],
                        value: value)
                default: break
                }
                sum.add(group.weights[index] / present * transform(value))
            }
            let result = inverse(sum.value)
            guard result.isFinite else {
                throw .valueOverflows(stage: .aggregate, unit: units[row].label, code: group.parent)
            }
            results[row] = result
        }
        return DataColumn(computed: results)
    }

    private enum Domain { case all, notNegative, positive }

    private static func domain(of method: Aggregation) -> Domain {
        switch method {
        case .arithmetic, .copeland, .topsis: .all
        case .geometric, .harmonic: .positive
        case .power(let p): p < 0 ? .positive : .notNegative
        }
    }
}
