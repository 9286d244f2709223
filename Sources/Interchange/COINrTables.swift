// COINrTables.swift: the two tables of COINr, R's package for composite indicators, as its users have them.
// Strict where COINr is: what one table has and the other lacks is an error and not a guess.

package import CompositeIndex

/// iMeta: what the columns of iData are, and the aggregates above them.
package struct COINrMeta: Sendable {
    package let tree: IndicatorTree
    package let groupColumns: [String]
    package let denominatorColumns: [String]
    /// Columns of iData that take no part.
    package let otherColumns: [String]
    /// Columns of iMeta that mean nothing here, as COINr allows them.
    package let ignoredColumns: [String]

    /// What COINr requires of iMeta.
    package static let requiredColumns = ["Level", "iCode", "Direction", "Weight", "Parent", "Type"]
    /// What iMeta may have beside; the goalposts are ours, the others COINr's.
    package static let optionalColumns = [
        "iName", "Unit", "Target", "Denominator", "GoalpostLower", "GoalpostUpper",
    ]

    package init(_ bytes: [UInt8], file: String) throws(TableError) {
        let document = try CSVDocument(bytes, file: file)
        let missing = Self.requiredColumns.filter { document.index(of: $0) == nil }
        guard missing.isEmpty else { throw TableError(file: file, fault: .missingColumns(missing)) }
        guard !document.rows.isEmpty else { throw TableError(file: file, fault: .noRows) }
        let reader = MetaReader(document)
        var lines: [String: Int] = [:]
        var stated: [(code: String, level: Int, row: CSVDocument.Row)] = []
        var indicators: [Indicator] = []
        var aggregates: [Aggregate] = []
        var groups: [String] = []
        var denominators: [String] = []
        var others: [String] = []
        for row in document.rows {
            let code = try reader.required("iCode", row)
            if let first = lines.updateValue(row.line, forKey: code) {
                throw reader.fault(.duplicateCode(code, firstLine: first), "iCode", row)
            }
            let type = try reader.required("Type", row)
            switch type {
            case "Indicator":
                indicators.append(try reader.indicator(code, row))
                stated.append((code, try reader.level(row), row))
            case "Aggregate":
                aggregates.append(try reader.aggregate(code, row))
                stated.append((code, try reader.level(row), row))
            case "Group": groups.append(code)
            case "Denominator": denominators.append(code)
            case "Other": others.append(code)
            default: throw reader.fault(.unknownType(type), "Type", row)
            }
        }
        do throws(TreeError) {
            tree = try IndicatorTree(indicators: indicators, aggregates: aggregates)
        } catch {
            throw TableError(file: file, fault: .tree(error))
        }
        for entry in stated {
            guard let found = tree.levels[entry.code], found != entry.level else { continue }
            throw reader.fault(
                .levelDisagrees(code: entry.code, stated: entry.level, found: found), "Level", entry.row)
        }
        for indicator in indicators {
            guard let denominator = indicator.denominator, !denominators.contains(denominator) else { continue }
            throw TableError(
                file: file, line: lines[indicator.code], column: "Denominator",
                fault: .composite(.unknownDenominator(indicator: indicator.code, denominator: denominator)))
        }
        groupColumns = groups
        denominatorColumns = denominators
        otherColumns = others
        let known = Set(Self.requiredColumns + Self.optionalColumns)
        ignoredColumns = document.header.filter { !known.contains($0) }
    }

    /// A definition that is not from a file: its data has indicators only.
    package init(tree: IndicatorTree) {
        self.tree = tree
        groupColumns = []
        denominatorColumns = []
        otherColumns = []
        ignoredColumns = []
    }
}

/// Rows of iMeta, cell by cell.
private struct MetaReader {
    private let document: CSVDocument
    private let columns: [String: Int]

    init(_ document: CSVDocument) {
        self.document = document
        columns = Dictionary(uniqueKeysWithValues: document.header.enumerated().map { ($1, $0) })
    }

    func required(_ name: String, _ row: CSVDocument.Row) throws(TableError) -> String {
        guard let text = text(name, row) else { throw fault(.missingValue, name, row) }
        return text
    }

    private func text(_ name: String, _ row: CSVDocument.Row) -> String? {
        columns[name].flatMap { document.text(row, $0) }
    }

    private func number(_ name: String, _ row: CSVDocument.Row) throws(TableError) -> Double? {
        guard let column = columns[name] else { return nil }
        return try document.number(row, column)
    }

    func fault(_ fault: TableError.Fault, _ name: String, _ row: CSVDocument.Row) -> TableError {
        TableError(file: document.file, line: row.line, column: name, fault: fault)
    }

    func level(_ row: CSVDocument.Row) throws(TableError) -> Int {
        guard let column = columns["Level"], let level = try document.wholeNumber(row, column) else {
            throw fault(.missingValue, "Level", row)
        }
        return level
    }

    func indicator(_ code: String, _ row: CSVDocument.Row) throws(TableError) -> Indicator {
        guard let direction = try direction(row) else { throw fault(.missingValue, "Direction", row) }
        return Indicator(
            code: code, name: text("iName", row), unit: text("Unit", row), direction: direction,
            weight: try weight(row, required: true), denominator: text("Denominator", row),
            goalposts: try goalposts(row), target: try number("Target", row),
            parent: try required("Parent", row))
    }

    func aggregate(_ code: String, _ row: CSVDocument.Row) throws(TableError) -> Aggregate {
        // Aggregates are made of scores on which more is better; another direction would say otherwise.
        if try direction(row) == .lessIsBetter { throw fault(.badDirection("-1 of an aggregate"), "Direction", row) }
        let parent = text("Parent", row)
        return Aggregate(
            code: code, name: text("iName", row), weight: try weight(row, required: parent != nil), parent: parent)
    }

    private func direction(_ row: CSVDocument.Row) throws(TableError) -> Direction? {
        guard let value = try number("Direction", row) else { return nil }
        guard let whole = Int(exactly: value), let direction = Direction(rawValue: whole) else {
            throw fault(.badDirection(text("Direction", row) ?? ""), "Direction", row)
        }
        return direction
    }

    private func weight(_ row: CSVDocument.Row, required: Bool) throws(TableError) -> Double {
        guard let weight = try number("Weight", row) else {
            if required { throw fault(.missingValue, "Weight", row) }
            return 1
        }
        guard weight >= 0 else { throw fault(.negativeWeight(text("Weight", row) ?? ""), "Weight", row) }
        return weight
    }

    private func goalposts(_ row: CSVDocument.Row) throws(TableError) -> Goalposts? {
        let (lower, upper) = (try number("GoalpostLower", row), try number("GoalpostUpper", row))
        if lower == nil && upper == nil { return nil }
        guard let lower, let upper, let posts = Goalposts(lower: lower, upper: upper) else {
            throw fault(
                .goalposts(lower: text("GoalpostLower", row) ?? "", upper: text("GoalpostUpper", row) ?? ""),
                "GoalpostLower", row)
        }
        return posts
    }
}
