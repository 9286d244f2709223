// UnitComparison.swift: aggregates that place a unit among the others instead of averaging its own scores.

import SampleStatistics

enum UnitComparison {
    /// - Source: M. Munda, G. Nardo, Noncompensatory/nonlinear composite indicators for ranking countries, Applied
    ///   Economics 41 (2009), 1513–1523: the outranking matrix; summed over its rows as in COINr.
    /// - Complexity: O(parts · *n* log *n*) when nothing is missing, else O(parts · *n*²). With gaps, a pair of units is
    ///   compared in what both have, and counts ½ for each when they share nothing.
    static func copeland(_ group: Group, periods: [[Int]]) -> DataColumn {
        var results = [Double](repeating: .nan, count: group.rowCount)
        let total = group.totalWeight
        for period in periods {
            let rows = period.filter { group.presentWeight($0, total: total) != nil }
            let complete = rows.allSatisfy { row in group.columns.allSatisfy { !$0.raw[row].isNaN } }
            let scores = complete ? fromRanks(group, rows, total) : fromPairs(group, rows)
            for (row, score) in zip(rows, scores) { results[row] = score }
        }
        return DataColumn(computed: results)
    }

    /// The units behind, half of those level with it, are one less than the shared rank.
    private static func fromRanks(_ group: Group, _ rows: [Int], _ total: Double) -> [Double] {
        var sums = [CompensatedSum](repeating: CompensatedSum(), count: rows.count)
        for index in group.columns.indices where group.weights[index] > 0 {
            let ranks = midranks(rows.map { group.columns[index].raw[$0] })
            for place in rows.indices { sums[place].add(group.weights[index] / total * (ranks[place] - 1)) }
        }
        return sums.map(\.value)
    }

    private static func fromPairs(_ group: Group, _ rows: [Int]) -> [Double] {
        var scores = [Double](repeating: 0, count: rows.count)
        for i in rows.indices {
            for j in rows.indices where j > i {
                var ahead = 0.0
                var shared = 0.0
                for index in group.columns.indices {
                    let a = group.columns[index].raw[rows[i]]
                    let b = group.columns[index].raw[rows[j]]
                    if a.isNaN || b.isNaN { continue }
                    shared += group.weights[index]
                    ahead += a > b ? group.weights[index] : a == b ? group.weights[index] / 2 : 0
                }
                let share = shared > 0 ? ahead / shared : 0.5
                scores[i] += share
                scores[j] += 1 - share
            }
        }
        return scores
    }

    /// Scores are weighted as they are: the normalisation before decides what a distance means. A unit's distances
    /// leave out what it misses. Where best and worst coincide, the result is missing.
    ///
    /// - Source: C. L. Hwang, K. Yoon, Multiple Attribute Decision Making, Springer 1981, section 3.2.
    static func topsis(_ group: Group, periods: [[Int]]) -> DataColumn {
        var results = [Double](repeating: .nan, count: group.rowCount)
        let total = group.totalWeight
        for period in periods {
            let ranges = group.columns.map { $0.rows(period).range }
            for row in period {
                guard group.presentWeight(row, total: total) != nil else { continue }
                var toBest = CompensatedSum()
                var toWorst = CompensatedSum()
                for index in group.columns.indices {
                    let value = group.columns[index].raw[row]
                    guard !value.isNaN, let range = ranges[index] else { continue }
                    let weight = group.weights[index] / total
                    let best = weight * (range.maximum - value)
                    let worst = weight * (value - range.minimum)
                    toBest.add(best * best)
                    toWorst.add(worst * worst)
                }
                let (far, near) = (toWorst.value.squareRoot(), toBest.value.squareRoot())
                if far + near > 0 { results[row] = far / (far + near) }
            }
        }
        return DataColumn(computed: results)
    }
}
