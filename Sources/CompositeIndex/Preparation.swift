// Preparation.swift: the stages before treatment: dividing by denominators, filling gaps, leaving out thin units.

import SampleStatistics

/// How missing cells are filled.
public enum Imputation: Sendable, Hashable {
    case none
    /// By the mean of the indicator over the units of the same time.
    case mean
    case median
    /// By the mean over the units with the same label in a group column; a group without values stays missing.
    case groupMean(column: String)
    case groupMedian(column: String)
    /// By the unit's own value of the latest earlier time that has one.
    case lastYear
}

/// A cell that was missing and is not any more.
public struct ImputedCell: Sendable, Hashable {
    public let unit: String
    public let time: Int?
    public let indicator: String
    public let value: Double
}

enum Preparation {
    /// x / d for the indicators that name a denominator; missing where either is.
    static func denominate(
        _ table: DataTable, tree: IndicatorTree, data: CompositeData
    ) throws(CompositeError) -> DataTable {
        var result = table
        for (index, indicator) in tree.indicators.enumerated() {
            guard let code = indicator.denominator else { continue }
            guard let divisor = data.denominators[code] else {
                throw .unknownDenominator(indicator: indicator.code, denominator: code)
            }
            for row in 0..<table.rowCount {
                guard let value = table.columns[index][row], let by = divisor[row] else {
                    result.columns[index][row] = nil
                    continue
                }
                let unit = data.units[row].label
                guard by > 0 else {
                    throw .denominatorNotPositive(
                        unit: unit, indicator: indicator.code, denominator: code, value: by)
                }
                guard (value / by).isFinite else {
                    throw .valueOverflows(stage: .denominate, unit: unit, code: indicator.code)
                }
                result.columns[index][row] = value / by
            }
        }
        return result
    }

    static func impute(
        _ table: DataTable, by method: Imputation, units: [CompositeUnit], groupColumns: [String]
    ) throws(CompositeError) -> (table: DataTable, imputed: [ImputedCell]) {
        let donors: [[Int]]
        let center: ([Double]) -> Double?
        let mean: ([Double]) -> Double? = { Moments($0)?.mean }
        let median: ([Double]) -> Double? = { OrderStatistics($0)?.median }
        switch method {
        case .none: return (table, [])
        case .lastYear: return try carryForward(table, units: units)
        case .mean: (donors, center) = (CompositeData.periods(of: units), mean)
        case .median: (donors, center) = (CompositeData.periods(of: units), median)
        case .groupMean(let column):
            (donors, center) = (try groups(units, by: column, among: groupColumns), mean)
        case .groupMedian(let column):
            (donors, center) = (try groups(units, by: column, among: groupColumns), median)
        }
        var result = table
        var imputed: [ImputedCell] = []
        for index in table.columns.indices {
            let column = table.columns[index]
            guard column.presentCount < column.count else { continue }
            for rows in donors {
                let missing = rows.filter { column[$0] == nil }
                guard !missing.isEmpty, let value = center(rows.compactMap { column[$0] }) else { continue }
                for row in missing {
                    result.columns[index][row] = value
                    imputed.append(
                        ImputedCell(
                            unit: units[row].code, time: units[row].time, indicator: table.codes[index], value: value))
                }
            }
        }
        return (result, imputed)
    }

    /// Rows of the same time and the same label; rows without a label are in none.
    private static func groups(
        _ units: [CompositeUnit], by column: String, among columns: [String]
    ) throws(CompositeError) -> [[Int]] {
        guard columns.contains(column) else { throw .unknownGroupColumn(column) }
        var groups: [[Int]] = []
        for rows in CompositeData.periods(of: units) {
            let labelled = rows.filter { units[$0].groups[column] != nil }
            let byLabel = Dictionary(grouping: labelled) { units[$0].groups[column, default: ""] }
            groups += byLabel.sorted { $0.key < $1.key }.map(\.value)
        }
        return groups
    }

    private static func carryForward(
        _ table: DataTable, units: [CompositeUnit]
    ) throws(CompositeError) -> (table: DataTable, imputed: [ImputedCell]) {
        guard units.allSatisfy({ $0.time != nil }) else { throw .noTimes }
        let histories = Dictionary(grouping: units.indices) { units[$0].code }
            .mapValues { $0.sorted { (units[$0].time ?? 0) < (units[$1].time ?? 0) } }
        var result = table
        var imputed: [ImputedCell] = []
        for index in table.columns.indices {
            for (_, rows) in histories.sorted(by: { $0.key < $1.key }) {
                var last: Double?
                for row in rows {
                    if let value = table.columns[index][row] {
                        last = value
                    } else if let last {
                        result.columns[index][row] = last
                        imputed.append(
                            ImputedCell(
                                unit: units[row].code, time: units[row].time, indicator: table.codes[index],
                                value: last))
                    }
                }
            }
        }
        return (result, imputed)
    }

    /// Rows with at least the share `minimum` of their indicators; imputed cells count, as in COINr.
    static func rowsWithData(_ table: DataTable, minimum: Double) -> [Int] {
        let count = Double(table.columns.count)
        return (0..<table.rowCount).filter { row in
            let present = table.columns.reduce(0) { $0 + ($1[row] == nil ? 0 : 1) }
            return Double(present) / count >= minimum - Tolerance.share
        }
    }
}

enum Tolerance {
    /// Shares are sums of rounded quotients: 2/3 of three equal weights must reach a threshold of 2/3.
    static let share = 1e-9
}
