// PlanText.swift: what a run would do, and what this program can measure here.

package import Measurement
import Quantities
import ResultRecord

package enum PlanText {
    /// For --dry-run.
    package static func render(_ plan: MeasurementPlan) -> String {
        var table = TextTable([.left, .right, .left, .left, .right])
        table.add(["kernel", "n", "CPUs", "memory", "about"])
        for planned in plan.measurements {
            let least = SIFormat.significant(planned.leastSeconds, digits: 2)
            table.add([
                planned.name, planned.order.map(String.init) ?? "", "\(CPUSet(planned.cpus))",
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

    /// For `suanli list`.
    package static func render(_ catalog: KernelCatalog) -> String {
        var table = TextTable([.left, .left, .left])
        table.add(["name", "runs here", "data sheet"])
        for entry in catalog.entries {
            let state = entry.unavailability.map { "no: \($0)" } ?? (entry.isDefault ? "yes, default" : "yes")
            table.add([entry.name, state, entry.dataSheet])
        }
        return table.text()
    }
}
