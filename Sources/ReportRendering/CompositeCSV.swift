// CompositeCSV.swift: a composite index, or one of its stages, as a table that COINr's readers take: NA for missing.

package import CompositeIndex

package enum CompositeCSV {
    /// uCode, uName, Time in a panel, rank, index, and every aggregate below it.
    package static func render(_ report: CompositeReport) -> String {
        let result = report.result
        let below = result.tree.bottomUp.filter { $0 != result.tree.root }
        let hasTime = result.units.contains { $0.time != nil }
        var lines = [["uCode", "uName"] + (hasTime ? ["Time"] : []) + ["rank", "index"] + below]
        let columns = below.map { result[$0] }
        for (row, unit) in result.units.enumerated() {
            lines.append(
                identity(unit, hasTime) + [result.ranks[row].map(String.init) ?? "NA", number(result.index[row])]
                    + columns.map { number($0?[row]) })
        }
        return text(lines)
    }

    /// A stage's table with a column per indicator or aggregate; code and share for `.weight`.
    package static func render(_ stage: Stage, of report: CompositeReport, data: CompositeData) -> String {
        let result = report.result
        guard stage != .weight, let table = result.tables[stage] else {
            let shares = result.weights.shares.sorted { $0.key < $1.key }
            return text([["iCode", "Weight"]] + shares.map { [$0.key, "\($0.value)"] })
        }
        let units = result.units(at: stage, of: data)
        let hasTime = units.contains { $0.time != nil }
        var lines = [["uCode", "uName"] + (hasTime ? ["Time"] : []) + table.codes]
        for (row, unit) in units.enumerated() {
            lines.append(identity(unit, hasTime) + table.columns.map { number($0[row]) })
        }
        return text(lines)
    }

    private static func identity(_ unit: CompositeUnit, _ hasTime: Bool) -> [String] {
        [unit.code, unit.name] + (hasTime ? [unit.time.map(String.init) ?? "NA"] : [])
    }

    private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "NA" }

    private static func text(_ lines: [[String]]) -> String {
        lines.map { $0.map(field).joined(separator: ",") + "\n" }.joined()
    }

    /// Quoted where RFC 4180 asks for it.
    private static func field(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 34 || $0 == 44 || $0 == 10 || $0 == 13 }) else { return text }
        // Byte by byte: a combining mark behind a quotation mark would hide it from Swift's characters.
        var bytes: [UInt8] = [34]
        for byte in text.utf8 { bytes += byte == 34 ? [34, 34] : [byte] }
        return String(decoding: bytes + [34], as: UTF8.self)
    }
}
