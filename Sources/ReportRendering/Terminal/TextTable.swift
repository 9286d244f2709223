// TextTable.swift: columns that line up, for terminals and logs.

/// Rows of cells, printed with each column as wide as its widest cell.
struct TextTable {
    enum Alignment {
        case left, right
    }

    private let alignments: [Alignment]
    private var rows: [[String]] = []

    init(_ alignments: [Alignment]) { self.alignments = alignments }

    /// - Parameter cells: As many as there are columns, or fewer: the last one given may then be of any width.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// One line a row, columns two spaces apart, without trailing spaces.
    func text(indent: Int = 0) -> String {
        var widths = [Int](repeating: 0, count: alignments.count)
        for row in rows {
            for (column, cell) in row.enumerated() where row.count == alignments.count || column < row.count - 1 {
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell -> String in
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
                return alignments[column] == .left ? cell + padding : padding + cell
            }
            var line = String(repeating: " ", count: indent) + cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
