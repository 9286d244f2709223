// BenefitOfTheDoubt.swift: for each unit the weights under which it stands best among all.
// A simplex method of its own: the programs are small, and the slack basis is feasible from the start.

/// max Σ w_j x_uj over w ≥ 0, so that no unit k has Σ w_j x_kj above 1.
///
/// - Source: L. Cherchye, W. Moesen, N. Rogge, T. Van Puyenbroeck, An introduction to 'benefit of the doubt' composite
///   indicators, Social Indicators Research 82 (2007), 111–145.
struct BenefitOfTheDoubt {
    /// Rows of values ≥ 0 that bind: no other unit is at least as good in everything.
    private let frontier: [[Double]]

    /// - Parameter rows: Values ≥ 0; a missing one counts as 0, so it constrains nothing.
    /// - Complexity: O(units² · parts) to find the frontier.
    init(rows: [[Double]]) {
        var distinct: [[Double]] = []
        var seen: Set<[Double]> = []
        for row in rows where seen.insert(row).inserted { distinct.append(row) }
        frontier = distinct.indices.filter { candidate in
            !distinct.indices.contains { other in
                other != candidate && zip(distinct[other], distinct[candidate]).allSatisfy { $0 >= $1 }
            }
        }.map { distinct[$0] }
    }

    /// - Returns: weights and Σ w x of the unit with the values `own`, in [0, 1]; nil when a part is 0 for all units.
    /// - Complexity: O(frontier · parts) per pivot; at most a few times as many pivots as parts are usual.
    func weights(for own: [Double]) -> (weights: [Double], score: Double)? {
        // Parts in which this unit has nothing cannot help it.
        let parts = own.indices.filter { own[$0] > 0 }
        guard !parts.isEmpty else { return (own.map { _ in 0 }, 0) }
        // Scaled by the unit's own values: variables are then the parts' contributions to its score.
        var table = frontier.map { row in parts.map { row[$0] / own[$0] } + [1.0] }
        var objective = parts.map { _ in 1.0 } + [0.0]
        // Numbers from 0 name parts, negative ones the slacks of the rows.
        var basis = frontier.indices.map { -1 - $0 }
        var columns = Array(parts.indices)
        let right = parts.count

        for turn in 0..<(200 + 50 * (parts.count + frontier.count)) {
            // The steepest column first; by index when that has gone on for long, which cannot cycle (Bland 1977).
            let usable = (0..<right).filter { objective[$0] > 1e-12 }
            guard !usable.isEmpty else { return solution(basis, table, parts, own) }
            let byIndex = turn > 20 * (parts.count + 5)
            guard
                let entering = byIndex
                    ? usable.min(by: { order(columns[$0]) < order(columns[$1]) })
                    : usable.max(by: { objective[$0] < objective[$1] })
            else { return nil }
            var leaving: Int?
            for row in table.indices where table[row][entering] > 1e-12 {
                guard let best = leaving else {
                    leaving = row
                    continue
                }
                let ratio = table[row][right] / table[row][entering]
                let bestRatio = table[best][right] / table[best][entering]
                if ratio < bestRatio || (ratio == bestRatio && order(basis[row]) < order(basis[best])) {
                    leaving = row
                }
            }
            guard let leaving else { return nil }
            Self.pivot(&table, &objective, row: leaving, column: entering)
            swap(&basis[leaving], &columns[entering])
        }
        return nil
    }

    /// Variables before slacks.
    private func order(_ variable: Int) -> Int { variable >= 0 ? variable : Int.max / 2 - variable }

    private func solution(
        _ basis: [Int], _ table: [[Double]], _ parts: [Int], _ own: [Double]
    ) -> (weights: [Double], score: Double) {
        var weights = [Double](repeating: 0, count: own.count)
        var score = 0.0
        for (row, variable) in basis.enumerated() where variable >= 0 {
            let contribution = max(0, table[row][table[row].count - 1])
            weights[parts[variable]] = contribution / own[parts[variable]]
            score += contribution
        }
        return (weights, min(1, score))
    }

    /// Exchanges the variable of a row with that of a column in a condensed table.
    private static func pivot(_ table: inout [[Double]], _ objective: inout [Double], row: Int, column: Int) {
        let inverse = 1 / table[row][column]
        for j in table[row].indices { table[row][j] *= inverse }
        table[row][column] = inverse
        let pivotRow = table[row]
        for i in table.indices where i != row {
            let factor = table[i][column]
            guard factor != 0 else { continue }
            for j in pivotRow.indices where j != column { table[i][j] -= factor * pivotRow[j] }
            table[i][column] = -factor * inverse
        }
        let factor = objective[column]
        for j in pivotRow.indices where j != column { objective[j] -= factor * pivotRow[j] }
        objective[column] = -factor * inverse
    }
}
