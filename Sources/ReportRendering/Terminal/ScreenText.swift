// ScreenText.swift: a screening for people: that all was identical, or what was not, and where.

internal import Quantities
internal import ResultRecord
package import Screening

package enum ScreenText {
    /// One screen of text.
    package static func render(_ report: ScreenReport) -> String {
        let cpus = CPUSet(report.cores.map(\.cpu))
        var text = "\(report.host.name ?? "node"): \(report.cpu.modelName ?? "unknown processor"), CPUs \(cpus)\n\n"
        var table = TextTable([.left, .right, .right, .right, .left])
        table.add(["family", "works", "calls", "wrong", "variants"])
        for (family, works) in families(report) {
            let variants = works.map { variant(of: $0.id) }.reduce(into: [String]()) {
                if !$0.contains($1) { $0.append($1) }
            }
            table.add([
                family, "\(works.count)", "\(works.reduce(0) { $0 + $1.calls })",
                "\(works.reduce(0) { $0 + $1.wrong })", variants.joined(separator: " "),
            ])
        }
        text += table.text() + "\n" + notScreened(report)
        for finding in report.findings { text += describe(finding) + "\n" }
        return text + conclusion(report)
    }

    private static func families(_ report: ScreenReport) -> [(String, [ScreenReport.Work])] {
        var order: [String] = []
        var works: [String: [ScreenReport.Work]] = [:]
        for work in report.works {
            let family = work.id.split(separator: "/").prefix(2).joined(separator: "/")
            if works[family] == nil { order.append(family) }
            works[family, default: []].append(work)
        }
        return order.map { ($0, works[$0] ?? []) }
    }

    private static func variant(of id: String) -> String {
        let parts = id.split(separator: "/")
        return parts.count > 2 ? String(parts[2]) : id
    }

    /// What this machine could not run; other architectures' works are in the JSON.
    private static func notScreened(_ report: ScreenReport) -> String {
        let missing = report.coverage.filter { !$0.screened && !($0.reason ?? "").hasPrefix("built for") }
        guard !missing.isEmpty else { return "" }
        var table = TextTable([.left, .left])
        for row in missing { table.add([row.work, row.reason ?? ""]) }
        return "Not screened\n" + table.text(indent: 2) + "\n"
    }

    private static func describe(_ finding: ScreenReport.Finding) -> String {
        let plural = finding.times == 1 ? "" : "s"
        var text = "FINDING on CPU \(finding.cpu): \(finding.work), \(finding.times) wrong result\(plural), "
        text += "first in round \(finding.round) (\(finding.phase.rawValue)), data seed \(finding.dataSeed)\n"
        if let signal = finding.signal {
            text += "  ended with signal \(signal)\n"
        } else {
            text += "  expected \(finding.expected ?? "what nobody agrees on"), found \(finding.found ?? "nothing")\n"
        }
        if let difference = finding.difference {
            text +=
                "  \(difference.bits) bit\(difference.bits == 1 ? "" : "s") in \(difference.words) word"
                + "\(difference.words == 1 ? "" : "s"), the first at \(difference.first): "
                + "\(difference.expected), found \(difference.found)\n"
        }
        if let temperature = finding.temperatureCelsius {
            text += "  at \(SIFormat.fixed(temperature, decimals: 0)) °C\n"
        }
        if let frequency = finding.frequencyHertz { text += "  at \(SIFormat.text(frequency, unit: "Hz"))\n" }
        if let confirmation = finding.confirmation { text += "  repeated: \(repetitions(confirmation))\n" }
        let why = finding.expected == nil ? "the cores do not agree on what is right" : finding.verdict.explanation
        return text + "  verdict \(finding.verdict.rawValue): \(why)\n"
    }

    private static func repetitions(_ found: Confirmation) -> String {
        let counts: [(String, RepetitionCount?)] = [
            ("here", found.sameMemory), ("in fresh memory", found.freshMemory), ("under load", found.underLoad),
            ("on the sibling", found.sibling), ("on other cores", found.others),
            ("elsewhere in this memory", found.elsewhere), ("by our own kernel", found.ownKernel),
        ]
        let parts = counts.compactMap { name, count in
            count.flatMap { $0.runs > 0 ? "\($0.wrong) of \($0.runs) wrong \(name)" : nil }
        }
        return parts.joined(separator: ", ")
    }

    private static func conclusion(_ report: ScreenReport) -> String {
        let time = "\(SIFormat.fixed(report.durationSeconds, decimals: 0)) s"
        let amount =
            "\(report.cores.count) CPU\(report.cores.count == 1 ? "" : "s") × \(report.works.count) works × "
            + "\(report.rounds) round\(report.rounds == 1 ? "" : "s"), \(report.calls) results in \(time)"
        let stopped = report.interruptedBySignal.map { ", stopped by signal \($0)" } ?? ""
        guard !report.findings.isEmpty else { return "\(amount): all identical\(stopped) (seed \(report.seed)).\n" }
        let cpus = CPUSet(report.findings.filter { $0.verdict != .libraryOrKernel }.map(\.cpu))
        let suspects = cpus.isEmpty ? "" : ", on CPU \(cpus)"
        return
            "\(amount): \(report.findings.count) finding\(report.findings.count == 1 ? "" : "s")\(suspects)\(stopped) "
            + "(seed \(report.seed)).\n"
    }
}
