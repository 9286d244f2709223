// CSVDocument+Cells.swift: cells as numbers and texts, with NA and nothing for missing, as R writes it.

extension CSVDocument {
    /// nil for an empty cell or NA.
    func text(_ row: Row, _ column: Int) -> String? {
        let field = row.fields[column]
        return field.isEmpty || field == "NA" ? nil : field
    }

    func required(_ row: Row, _ column: Int) throws(TableError) -> String {
        guard let text = text(row, column) else { throw fault(.missingValue, row, column) }
        return text
    }

    /// A finite decimal number, with spaces around it if need be; nil when missing.
    func number(_ row: Row, _ column: Int) throws(TableError) -> Double? {
        guard let field = text(row, column) else { return nil }
        let trimmed = Self.trimmed(field)
        // Double's own parser also takes "nan", "inf" and hexadecimal, which a table has by mistake only.
        let isDecimal = trimmed.utf8.allSatisfy { byte in
            (48...57).contains(byte) || byte == 43 || byte == 45 || byte == 46 || byte == 69 || byte == 101
        }
        guard isDecimal, let value = Double(trimmed) else { throw fault(.notANumber(field), row, column) }
        guard value.isFinite else { throw fault(.outOfRange(field), row, column) }
        return value
    }

    func wholeNumber(_ row: Row, _ column: Int) throws(TableError) -> Int? {
        guard let value = try number(row, column) else { return nil }
        guard let whole = Int(exactly: value) else { throw fault(.notAWholeNumber(row.fields[column]), row, column) }
        return whole
    }

    func fault(_ fault: TableError.Fault, _ row: Row, _ column: Int) -> TableError {
        TableError(file: file, line: row.line, column: header[column], fault: fault)
    }

    private static func trimmed(_ text: String) -> Substring {
        guard text.utf8.first == 32 || text.utf8.last == 32 else { return text[...] }
        var part = text[...]
        while part.first == " " { part.removeFirst() }
        while part.last == " " { part.removeLast() }
        return part
    }
}
