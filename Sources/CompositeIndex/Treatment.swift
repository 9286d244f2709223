// Treatment.swift: outliers pulled in, by the procedure of COINr's Treat; only indicators outside the limits change.

import RealModule

/// What is done with indicators whose shape is outside the limits.
public enum Treatment: Sendable, Hashable {
    case none
    /// The most extreme points take the value of the next one, until the shape is within the limits or `limit` points
    /// were changed. Points tied at the extreme move together, so the last step may exceed the limit, as in COINr.
    case winsorise(limit: Int)
    /// ln(x − min + 0.01 (max − min)): COINr's `log_CT`.
    case log
    /// ln(x − min + 1): COINr's `log_CT_orig`. Depends on the indicator's unit.
    case logShiftedByOne
    /// Winsorises; where that leaves the shape outside the limits, takes `.log` of the untreated values instead. It is
    /// what COINr does unless told otherwise.
    case winsoriseOrLog(limit: Int)
}

/// What treatment found and did, for one indicator at one time.
public struct TreatmentReport: Sendable, Hashable {
    public enum Action: String, Sendable, Hashable {
        /// Too few different values to have a shape; left as it is.
        case noShape = "no-shape"
        case withinLimits = "within-limits"
        case winsorised
        case logged
    }

    public let indicator: String
    public let time: Int?
    public let action: Action
    /// Points that were changed by winsorising; 0 otherwise.
    public let points: Int
    public let before: Shape?
    public let after: Shape?
    /// Whether the shape is within the limits now; nil without a shape.
    public let passes: Bool?
}

enum Treating {
    /// `values` treated, in their order.
    static func treat(
        _ values: [Double], by method: Treatment, limits: ShapeLimits
    ) -> (values: [Double], action: TreatmentReport.Action, points: Int) {
        guard method != .none, let shape = Shape(values) else { return (values, .noShape, 0) }
        if limits.admit(shape) { return (values, .withinLimits, 0) }
        switch method {
        case .none: return (values, .withinLimits, 0)
        case .winsorise(let limit):
            let result = winsorise(values, limit: limit, limits: limits)
            return (result.values, .winsorised, result.points)
        case .log: return (shiftedLogarithm(values), .logged, 0)
        case .logShiftedByOne: return (logarithmShiftedByOne(values), .logged, 0)
        case .winsoriseOrLog(let limit):
            let result = winsorise(values, limit: limit, limits: limits)
            if let shape = Shape(result.values), limits.admit(shape) {
                return (result.values, .winsorised, result.points)
            }
            return (shiftedLogarithm(values), .logged, 0)
        }
    }

    /// - Source: `winsorise` of COINr 1: the skewness decides the end, and points are counted as those that were at an
    ///   end when it was last cut.
    /// - Complexity: O(limit · *n*).
    static func winsorise(_ values: [Double], limit: Int, limits: ShapeLimits) -> (values: [Double], points: Int) {
        var values = values
        var high = 0
        var low = 0
        while high + low < limit, let shape = Shape(values), !limits.admit(shape) {
            if shape.skewness >= 0 {
                guard let extreme = values.max(), let next = values.lazy.filter({ $0 != extreme }).max() else { break }
                high = replace(extreme, by: next, in: &values)
            } else {
                guard let extreme = values.min(), let next = values.lazy.filter({ $0 != extreme }).min() else { break }
                low = replace(extreme, by: next, in: &values)
            }
        }
        return (values, high + low)
    }

    private static func replace(_ old: Double, by new: Double, in values: inout [Double]) -> Int {
        var count = 0
        for index in values.indices where values[index] == old {
            values[index] = new
            count += 1
        }
        return count
    }

    private static func shiftedLogarithm(_ values: [Double]) -> [Double] {
        guard let low = values.min(), let high = values.max() else { return values }
        return values.map { Double.log($0 - low + 0.01 * (high - low)) }
    }

    private static func logarithmShiftedByOne(_ values: [Double]) -> [Double] {
        guard let low = values.min() else { return values }
        return values.map { Double.log($0 - low + 1) }
    }

    /// The whole table, each time of a panel by itself.
    static func treat(
        _ table: DataTable, by method: Treatment, limits: ShapeLimits, units: [CompositeUnit]
    ) -> (table: DataTable, reports: [TreatmentReport]) {
        guard method != .none else { return (table, []) }
        var result = table
        var reports: [TreatmentReport] = []
        let periods = CompositeData.periods(of: units)
        for index in table.columns.indices {
            for rows in periods {
                let present = rows.filter { table.columns[index][$0] != nil }
                let values = present.compactMap { table.columns[index][$0] }
                let treated = treat(values, by: method, limits: limits)
                for (row, value) in zip(present, treated.values) { result.columns[index][row] = value }
                let after = Shape(treated.values)
                reports.append(
                    TreatmentReport(
                        indicator: table.codes[index], time: rows.first.flatMap { units[$0].time },
                        action: treated.action, points: treated.points, before: Shape(values), after: after,
                        passes: after.map(limits.admit)))
            }
        }
        return (result, reports)
    }
}
