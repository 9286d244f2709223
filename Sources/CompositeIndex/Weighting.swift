// Weighting.swift: how much each part counts in the aggregate above it.
// Weights that come from data are computed among siblings, level by level, from the scores that are to be added up.

import RealModule
import SampleStatistics

/// Where weights come from.
public enum Weighting: Sendable, Hashable {
    /// Those of the definition.
    case given
    /// The same for all parts of an aggregate.
    case equal
    /// More for parts whose values differ more in the sense of entropy.
    case entropy
    /// More for parts that differ more and agree less with the others.
    case critic
    /// Squared loadings on the first principal component.
    case principalComponents
    /// From comparisons in pairs.
    case analyticHierarchy(PairComparisons)
    /// For each unit those that make it look best.
    case benefitOfTheDoubt
}

/// Weights in use: of each part, as a share of its siblings'.
public struct UsedWeights: Sendable, Hashable {
    /// Of every code but the root; the parts of an aggregate add up to 1. With benefit-of-the-doubt weights, the mean
    /// over the units, which adds up to nothing in particular.
    public internal(set) var shares: [String: Double] = [:]
    /// With benefit-of-the-doubt weights, each unit's own, by code in the order of the result's units; empty otherwise.
    public internal(set) var perUnit: [String: [Double]] = [:]
    /// Consistency ratios of comparisons in pairs, by parent; empty otherwise.
    public internal(set) var consistencyRatios: [String: Double] = [:]
}

/// Weights of siblings from their scores; each answers with shares that add up to 1.
enum DataWeights {
    /// w_j ∝ 1 − e_j, e_j = −Σ p ln p / ln m over the m values, p being a value's share of its column's sum.
    ///
    /// - Source: C. L. Hwang, K. Yoon, Multiple Attribute Decision Making, Springer 1981, section 3.2.
    static func entropy(
        _ columns: [DataColumn], codes: [String], parent: String, units: [CompositeUnit]
    ) throws(CompositeError) -> [Double] {
        let rows = try completeRows(columns, method: "entropy", parent: parent, needed: 2)
        var divergences: [Double] = []
        for (column, code) in zip(columns, codes) {
            var sum = CompensatedSum()
            for row in rows {
                guard column.raw[row] >= 0 else {
                    throw .negativeValue(
                        method: "entropy", unit: units[row].label, code: code, value: column.raw[row])
                }
                sum.add(column.raw[row])
            }
            let total = sum.value
            var entropy = CompensatedSum()
            for row in rows where column.raw[row] > 0 {
                let share = column.raw[row] / total
                entropy.add(-share * Double.log(share))
            }
            // Equal values have entropy 1 but for rounding, which must not become a weight; nor does a column of 0.
            let first = column.raw[rows[0]]
            let isConstant = rows.allSatisfy { column.raw[$0] == first }
            divergences.append(isConstant ? 0 : max(0, 1 - entropy.value / Double.log(Double(rows.count))))
        }
        return try shares(divergences, method: "entropy", parent: parent)
    }

    /// w_j ∝ s_j Σ_k (1 − r_jk) of the columns scaled to [0, 1]; s is the standard deviation, r the correlation.
    ///
    /// - Source: D. Diakoulaki, G. Mavrotas, L. Papayannakis, Determining objective weights in multiple criteria
    ///   problems: the CRITIC method, Computers & Operations Research 22 (1995), 763–770.
    static func critic(_ columns: [DataColumn], parent: String) throws(CompositeError) -> [Double] {
        let rows = try completeRows(columns, method: "critic", parent: parent, needed: 2)
        let standard = Standardised(columns, rows: rows)
        let information = columns.indices.map { j in
            guard let range = columns[j].rows(rows).range, range.maximum > range.minimum else { return 0.0 }
            let conflict = CompensatedSum(
                columns.indices.lazy.filter { $0 != j }.map { 1 - standard.correlation(j, $0) })
            return standard.deviations[j] / (range.maximum - range.minimum) * max(0, conflict.value)
        }
        return try shares(information, method: "critic", parent: parent)
    }

    /// w_j = a_j², a being the eigenvector of unit length to the largest eigenvalue of the correlation matrix.
    ///
    /// - Source: OECD and JRC, Handbook on Constructing Composite Indicators, 2008, section 6.1. COINr takes a_j itself,
    ///   which may be negative.
    static func principalComponents(_ columns: [DataColumn], parent: String) throws(CompositeError) -> [Double] {
        let rows = try completeRows(columns, method: "pca", parent: parent, needed: 3)
        let standard = Standardised(columns, rows: rows)
        // A column without spread takes no part; without any, there is no component.
        let used = columns.indices.filter { standard.deviations[$0] > 0 }
        guard !used.isEmpty else { throw .noInformation(method: "pca", parent: parent) }
        let matrix = used.map { j in used.map { standard.correlation(j, $0) } }
        guard let vector = SymmetricMatrix.principalVector(matrix) else { throw .noPrincipalComponent(parent: parent) }
        var squares = [Double](repeating: 0, count: columns.count)
        for (index, j) in used.enumerated() { squares[j] = vector[index] * vector[index] }
        return try shares(squares, method: "pca", parent: parent)
    }

    static func shares(_ amounts: [Double], method: String, parent: String) throws(CompositeError) -> [Double] {
        let sum = CompensatedSum(amounts).value
        guard sum > 0, sum.isFinite else { throw .noInformation(method: method, parent: parent) }
        return amounts.map { $0 / sum }
    }

    private static func completeRows(
        _ columns: [DataColumn], method: String, parent: String, needed: Int
    ) throws(CompositeError) -> [Int] {
        let rows = (0..<(columns.first?.count ?? 0)).filter { row in columns.allSatisfy { !$0.raw[row].isNaN } }
        guard rows.count >= needed else {
            throw .tooFewRows(method: method, parent: parent, rows: rows.count, needed: needed)
        }
        return rows
    }
}
