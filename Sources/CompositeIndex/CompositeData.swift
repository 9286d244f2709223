// CompositeData.swift: units and their columns, as they enter the pipeline.
// A panel (several times per unit) is one table whose rows are unit × time, so that all its years are scored alike.

/// Rows of numbers under named columns; every stage leaves one.
public struct DataTable: Sendable, Hashable {
    /// Column names, in order.
    public let codes: [String]
    public internal(set) var columns: [DataColumn]

    public init(codes: [String], columns: [DataColumn]) {
        precondition(codes.count == columns.count, "each column has one name")
        self.codes = codes
        self.columns = columns
    }

    /// nil when there is no such column.
    public subscript(code: String) -> DataColumn? {
        codes.firstIndex(of: code).map { columns[$0] }
    }

    public var rowCount: Int { columns.first?.count ?? 0 }

    func rows(_ rows: [Int]) -> DataTable {
        DataTable(codes: codes, columns: columns.map { $0.rows(rows) })
    }
}

/// A row's identity.
public struct CompositeUnit: Sendable, Hashable {
    public let code: String
    public let name: String
    /// The year, or whatever counts time, in a panel; nil where there is one row per unit.
    public let time: Int?
    /// Labels by group column; a column without an entry has no label for this unit.
    public let groups: [String: String]

    public init(code: String, name: String? = nil, time: Int? = nil, groups: [String: String] = [:]) {
        self.code = code
        self.name = name ?? code
        self.time = time
        self.groups = groups
    }

    /// For messages.
    var label: String { time.map { "\(code) (\($0))" } ?? code }
}

/// What the pipeline starts from.
public struct CompositeData: Sendable, Hashable {
    public let units: [CompositeUnit]
    /// The names of the group columns; a unit may lack a label in one.
    public let groupColumns: [String]
    public private(set) var indicators: DataTable
    public let denominators: DataTable

    /// - Throws: `.noUnits`, `.duplicateUnit`, `.columnLength`.
    public init(
        units: [CompositeUnit], groupColumns: [String] = [], indicators: DataTable,
        denominators: DataTable = DataTable(codes: [], columns: [])
    ) throws(CompositeError) {
        guard !units.isEmpty else { throw .noUnits }
        var seen: Set<String> = []
        for unit in units where !seen.insert("\(unit.time.map(String.init) ?? "")\u{0}\(unit.code)").inserted {
            throw .duplicateUnit(code: unit.code, time: unit.time)
        }
        for table in [indicators, denominators] {
            for (code, column) in zip(table.codes, table.columns) where column.count != units.count {
                throw .columnLength(column: code, rows: column.count, expected: units.count)
            }
        }
        self.units = units
        self.groupColumns = groupColumns
        self.indicators = indicators
        self.denominators = denominators
    }

    /// The same data with one indicator's column taken from elsewhere: the way in for capacities that were measured.
    ///
    /// - Parameters:
    ///   - indicator: A column of the data; units without an entry become missing.
    ///   - values: By unit code.
    /// - Throws: `.unknownIndicator`, `.unknownUnit` for a code that the data does not have, `.notFinite`.
    public func filling(_ indicator: String, with values: [String: Double]) throws(CompositeError) -> CompositeData {
        guard let index = indicators.codes.firstIndex(of: indicator) else { throw .unknownIndicator(indicator) }
        let known = Set(units.map(\.code))
        for (code, value) in values.sorted(by: { $0.key < $1.key }) {
            guard known.contains(code) else { throw .unknownUnit(code) }
            guard value.isFinite else { throw .notFinite(unit: code, column: indicator) }
        }
        var filled = self
        var column = DataColumn(missing: units.count)
        for (row, unit) in units.enumerated() { column[row] = values[unit.code] }
        filled.indicators.columns[index] = column
        return filled
    }

    /// Rows of the same time, each ascending; one group when there is no time.
    var periods: [[Int]] { Self.periods(of: units) }

    static func periods(of units: [CompositeUnit]) -> [[Int]] {
        var rows: [Int?: [Int]] = [:]
        for (row, unit) in units.enumerated() { rows[unit.time, default: []].append(row) }
        return rows.sorted { ($0.key ?? .min) < ($1.key ?? .min) }.map(\.value)
    }
}
