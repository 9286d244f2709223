// Ranks.swift: ranks in which equal values share the best place, as COINr and sports tables count them.

enum Ranks {
    /// 1 for the smallest value; equal values share the lowest of their ranks.
    ///
    /// - Complexity: O(*n* log *n*).
    static func ascending(_ values: [Double]) -> [Int] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Int](repeating: 0, count: values.count)
        var rank = 1
        for (position, index) in order.enumerated() {
            if position > 0, values[order[position - 1]] < values[index] { rank = position + 1 }
            ranks[index] = rank
        }
        return ranks
    }

    /// 1 for the largest of each period's values; nil where the value is missing.
    static func descending(_ column: DataColumn, periods: [[Int]]) -> [Int?] {
        var ranks = [Int?](repeating: nil, count: column.count)
        for rows in periods {
            let present = rows.filter { column[$0] != nil }
            let places = ascending(present.map { -column.raw[$0] })
            for (row, place) in zip(present, places) { ranks[row] = place }
        }
        return ranks
    }
}
