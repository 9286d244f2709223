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
        if !measured.isEmpty { text += "\n" + table(measured) }
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
        result.params.n.map { "\(result.name) n=\($0)" } ?? result.name
    }

    private static func header(_ record: ResultRecord) -> String {
        let machine = record.machine
        let cores = machine.topology.cores.map { "\($0) core\($0 == 1 ? "" : "s")" } ?? "unknown cores"
        let nodes = machine.topology.numaNodes.map { "\($0) NUMA node\($0 == 1 ? "" : "s")" }
        let hypervisor = machine.virt.hypervisor.flatMap { $0 == "none" ? nil : "under \($0)" }
        let parts = [machine.cpu.modelName, machine.cpu.microarchitecture, cores, nodes, hypervisor].compactMap { $0 }
        var text = "\(machine.host.name ?? "this node"): \(parts.joined(separator: ", "))\n"
        if let blas = record.blas {
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

    private static func table(_ results: [ResultEntry]) -> String {
        var table = TextTable([.left, .right, .right, .left, .right, .right, .left, .left])
        table.add(["kernel", "n", "sustained", "95 % interval", "burst", "of peak", "conditions"])
        for result in results {
            guard let rate = result.rate, let burst = result.burst else { continue }
            let interval =
                result.stats.flatMap { stats in
                    stats.ciLow.flatMap { low in
                        stats.ciHigh.map { "(\(SIFormat.interval(low, $0, like: rate)))" }
                    }
                } ?? "(none)"
            // A register kernel shows its best slice against the peak, a product what it sustains.
            let fraction = result.params.n == nil ? result.burstFractionOfPeak : result.fractionOfPeak
            let threads = "\(result.params.threads) thread\(result.params.threads == 1 ? "" : "s")"
            var conditions = "\(threads), CPU \(result.params.cpus)"
            if result.params.n != nil { conditions += ", \(result.params.placement)" }
            table.add([
                result.name, result.params.n.map(String.init) ?? "", SIFormat.text(rate, unit: result.unit), interval,
                SIFormat.text(burst, unit: result.unit), fraction.map { SIFormat.percent($0) } ?? "–", conditions,
                result.quality.map { $0 == .trusted ? "" : $0.rawValue } ?? "",
            ])
        }
        return table.text()
            + "\nof peak: of operations per cycle × observed clock; burst for fma, sustained for gemm.\n"
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
