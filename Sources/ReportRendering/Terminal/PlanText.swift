// PlanText.swift: what a run would do, and what this program can measure here.

package import Measurement
import Quantities
import ResultRecord

package enum PlanText {
    /// For --dry-run.
    package static func render(_ plan: MeasurementPlan) -> String {
        var table = TextTable([.left, .right, .left, .left, .right])
        table.add(["kernel", "size", "CPUs", "memory", "about"])
        for planned in plan.measurements {
            let least = SIFormat.significant(planned.leastSeconds, digits: 2)
            table.add([
                planned.name, size(planned), "\(CPUSet(planned.cpus))",
                planned.placementText, "\(least) s",
            ])
        }
        var text = table.text()
        let most = Int(plan.mostSeconds.rounded(.up))
        text +=
            "\n\(plan.measurements.count) measurements, \(Int(plan.leastSeconds.rounded(.up))) to \(most) s, "
            + "seed \(plan.seed). Nothing was measured.\n"
        for skipped in plan.skipped {
            let title = skipped.n.map { "\(skipped.name) n=\($0)" } ?? skipped.name
            text += "not planned: \(title): \(skipped.reason)\n"
        }
        for note in plan.notes { text += "note: \(note)\n" }
        return text
    }

    private static func size(_ planned: PlannedMeasurement) -> String {
        if let n = planned.order { return "n=\(n)" }
        return planned.workingSet.map { "\($0.level.rawValue) \(SIFormat.binary($0.bytes))" } ?? ""
    }

    /// For `suanli list`: a row per kernel, type and variant, with the scopes that it runs at; those of the default run
    /// are marked.
    package static func render(_ catalog: KernelCatalog) -> String {
        var table = TextTable([.left, .left, .left])
        table.add(["name", "runs here at scope", "data sheet"])
        var rows: [(name: String, entries: [CatalogEntry])] = []
        for entry in catalog.entries {
            let name = String(entry.name.dropLast(entry.scope.rawValue.count + 1))
            if rows.last?.name == name {
                rows[rows.count - 1].entries.append(entry)
            } else {
                rows.append((name, [entry]))
            }
        }
        for row in rows {
            let runnable = row.entries.filter { $0.unavailability == nil }
            let scopes = runnable.map { $0.scope.rawValue + ($0.isDefault ? "*" : "") }
            let state = scopes.isEmpty ? "no: \(row.entries[0].unavailability ?? "")" : scopes.joined(separator: " ")
            table.add([row.name, state, row.entries[0].dataSheet])
        }
        return table.text() + "\n* measured by default. A result is named <name>/<scope>.\n"
    }
}
