// RunText.swift: a record as a person reads it after a run: each figure with its unit, interval and condition.

import CapacityIndex
import Measurement
import Quantities
package import ResultRecord

package enum RunText {
    /// - Parameter findings: What the quality gates found, a line each.
    package static func render(_ record: ResultRecord, findings: [String]) -> String {
        var text = header(record)
        let measured = record.results.filter { $0.status == .ok }
        text += RunTables.text(
            measured, comparisons: record.comparisons, roofline: record.roofline, topology: record.machine.topology)
        let failed = record.results.filter { $0.status == .failed || $0.status == .timeout }
        if !failed.isEmpty {
            text += "\nFailed (no rate is reported)\n"
            for result in failed { text += "  \(title(result)): \(result.statusReason ?? result.statusCode ?? "")\n" }
        }
        let skipped = record.results.filter { $0.status == .skipped }
        if !skipped.isEmpty {
            text += "\nNot measured\n"
            for result in skipped { text += "  \(title(result)): \(result.statusReason ?? result.statusCode ?? "")\n" }
        }
        text += remarks(measured)
        if let contribution = record.contribution { text += "\n" + capacity(contribution, findings: findings) }
        return text
    }

    private static func title(_ result: ResultEntry) -> String {
        if let n = result.params.n { return "\(result.name) n=\(n)" }
        var title = result.name
        if result.kernel.hasPrefix("stream-"), let level = result.params.level { title += " in \(level)" }
        if result.params.map != nil { title += " on CPU \(result.params.cpus)" }
        return title
    }

    private static func header(_ record: ResultRecord) -> String {
        let machine = record.machine
        let cores = machine.topology.cores.map { "\($0) core\($0 == 1 ? "" : "s")" } ?? "unknown cores"
        let nodes = machine.topology.numaNodes.map { "\($0) NUMA node\($0 == 1 ? "" : "s")" }
        let hypervisor = machine.virt.hypervisor.flatMap { $0 == "none" ? nil : "under \($0)" }
        let parts = [machine.cpu.modelName, machine.cpu.microarchitecture, cores, nodes, hypervisor].compactMap { $0 }
        var text = "\(machine.host.name ?? "this node"): \(parts.joined(separator: ", "))\n"
        for blas in [record.blas].compactMap({ $0 }) + record.furtherBLAS {
            let name = [blas.library, blas.version].compactMap { $0 }.joined(separator: " ")
            let core = blas.coreName.map { ", kernels for \($0)" } ?? ""
            text += "BLAS: \(name)\(core), \(blas.integerBits)-bit integers, \(blas.path)\n"
        }
        if let clock = record.observed.frequencyHertz {
            text +=
                "Clock: \(SIFormat.text(clock.median, unit: "Hz")) median, "
                + "\(SIFormat.text(clock.max, unit: "Hz")) best (from dependent additions)\n"
        }
        if !record.completed {
            text +=
                "Stopped by signal \(record.interruptedBySignal ?? 0): the figures below are what was measured until then.\n"
        }
        return text
    }

    /// What lowers the trust in each figure, with the cure.
    private static func remarks(_ results: [ResultEntry]) -> String {
        let noted = results.filter { $0.quality != .trusted }
        guard !noted.isEmpty else { return "" }
        var text = "\nRemarks\n"
        var table = TextTable([.left, .left])
        for result in noted { table.add([title(result), result.statusReason ?? ""]) }
        text += table.text(indent: 2)
        var seen: Set<String> = []
        for code in noted.flatMap(\.qualityReasons) where seen.insert(code).inserted {
            if let cure = QualityReason.cure(code: code) { text += "  \(code): \(cure).\n" }
        }
        return text
    }

    private static func capacity(_ contribution: ContributionRecord, findings: [String]) -> String {
        let head = "Capacity (\(contribution.computeClass), policy \(contribution.policy)): "
        let notes = findings.map { "  \($0)\n" }
        guard let value = contribution.valueFLOPS else { return head + "none, refused\n" + notes.joined() }
        let random = contribution.uRandom ?? 0
        let systematic = contribution.uSystematic ?? 0
        let relative = (random * random + systematic * systematic).squareRoot()
        return head
            + "\(SIFormat.text(value, unit: "FLOPS")) ± \(SIFormat.percent(Capacity.coverageFactor95 * relative, decimals: 2)) (95 %)\n"
            + notes.joined()
    }
}
