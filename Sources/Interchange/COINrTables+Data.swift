// COINrTables+Data.swift: iData, one row per unit, or per unit and time.

package import CompositeIndex

extension COINrMeta {
    /// Reads iData.
    ///
    /// - Parameter filled: Indicators that come from elsewhere (`CompositeData.filling(_:with:)`); their columns may be
    ///   absent and are then all missing.
    package func data(
        _ bytes: [UInt8], file: String, filled: Set<String> = []
    ) throws(TableError) -> CompositeData {
        let document = try CSVDocument(bytes, file: file)
        guard document.index(of: "uCode") != nil else {
            throw TableError(file: file, fault: .missingColumns(["uCode"]))
        }
        let codes = tree.indicators.map(\.code)
        let aggregates = Set(tree.aggregates.map(\.code))
        let computed = document.header.filter(aggregates.contains)
        guard computed.isEmpty else { throw TableError(file: file, fault: .aggregateInData(computed)) }
        let described = Set(codes + groupColumns + denominatorColumns + otherColumns + ["uCode", "uName", "Time"])
        let undescribed = document.header.filter { !described.contains($0) }
        guard undescribed.isEmpty else { throw TableError(file: file, fault: .undescribedColumns(undescribed)) }
        let absent = (codes + groupColumns + denominatorColumns + otherColumns).filter {
            document.index(of: $0) == nil && !filled.contains($0)
        }
        guard absent.isEmpty else { throw TableError(file: file, fault: .columnsWithoutData(absent)) }
        guard !document.rows.isEmpty else { throw TableError(file: file, fault: .noRows) }

        let units = try units(document)
        let indicators = try table(codes, document)
        let denominators = try table(denominatorColumns, document)
        do throws(CompositeError) {
            return try CompositeData(
                units: units, groupColumns: groupColumns, indicators: indicators, denominators: denominators)
        } catch {
            throw TableError(file: file, fault: .composite(error))
        }
    }

    private func units(_ document: CSVDocument) throws(TableError) -> [CompositeUnit] {
        guard let codeColumn = document.index(of: "uCode") else { return [] }
        let nameColumn = document.index(of: "uName")
        let timeColumn = document.index(of: "Time")
        let groups = groupColumns.compactMap { name in document.index(of: name).map { (name: name, column: $0) } }
        var lines: [[String]: Int] = [:]
        var units: [CompositeUnit] = []
        for row in document.rows {
            let code = try document.required(row, codeColumn)
            var time: Int?
            if let timeColumn {
                time = try document.wholeNumber(row, timeColumn)
                guard time != nil else { throw document.fault(.timeIncomplete, row, timeColumn) }
            }
            let key = [code] + (time.map { [String($0)] } ?? [])
            if let first = lines.updateValue(row.line, forKey: key) {
                throw document.fault(
                    .duplicateCode(key.joined(separator: " of "), firstLine: first), row, codeColumn)
            }
            var labels: [String: String] = [:]
            for group in groups { labels[group.name] = document.text(row, group.column) }
            units.append(
                CompositeUnit(
                    code: code, name: nameColumn.flatMap { document.text(row, $0) }, time: time, groups: labels))
        }
        return units
    }

    private func table(_ codes: [String], _ document: CSVDocument) throws(TableError) -> DataTable {
        var columns: [DataColumn] = []
        for code in codes {
            var column = DataColumn(missing: document.rows.count)
            if let index = document.index(of: code) {
                for (position, row) in document.rows.enumerated() {
                    column[position] = try document.number(row, index)
                }
            }
            columns.append(column)
        }
        return DataTable(codes: codes, columns: columns)
    }
}
