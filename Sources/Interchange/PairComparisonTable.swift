// PairComparisonTable.swift: comparisons in pairs as a square table, for weights by the analytic hierarchy process.

package import CompositeIndex

/// Reads comparisons: the header names the codes behind a first column, each row begins with its code, and a cell says
/// how many times as important the row's code is as the column's: a number above 0 or a fraction such as 1/3.
///
/// Cells may be empty where the inverse is given or the two are no siblings, so that one table serves a whole tree.
package enum PairComparisonTable {
    package static func read(_ bytes: [UInt8], file: String) throws(TableError) -> PairComparisons {
        let document = try CSVDocument(bytes, file: file, namesRows: true)
        guard !document.rows.isEmpty else { throw TableError(file: file, fault: .noRows) }
        var lines: [String: Int] = [:]
        var ratios: [PairComparisons.Pair: Double] = [:]
        for row in document.rows {
            let first = try document.required(row, 0)
            if let line = lines.updateValue(row.line, forKey: first) {
                throw document.fault(.duplicateCode(first, firstLine: line), row, 0)
            }
            for column in 1..<max(1, document.header.count) {
                guard let value = try ratio(document, row, column) else { continue }
                ratios[PairComparisons.Pair(first, document.header[column])] = value
            }
        }
        do throws(CompositeError) {
            return try PairComparisons(ratios)
        } catch {
            throw TableError(file: file, fault: .composite(error))
        }
    }

    private static func ratio(
        _ document: CSVDocument, _ row: CSVDocument.Row, _ column: Int
    ) throws(TableError) -> Double? {
        guard let text = document.text(row, column) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return try document.number(row, column) }
        guard let above = Double(parts[0]), let below = Double(parts[1]), above.isFinite, below.isFinite, below != 0
        else { throw document.fault(.notANumber(text), row, column) }
        return above / below
    }
}
