// IndexText.swift: the index for people: the total, how far it can be trusted, the tree, and what was refused.
// A figure never stands without its unit and its uncertainty, a missing one never without the reason.

package import CapacityIndex
import Quantities

package enum IndexText {
    /// Lines of at most `width` columns where wrapping at words can do it; no colours.
    ///
    /// - Parameters:
    ///   - whatIf: Answers that stand beside the totals.
    ///   - width: Columns of the terminal; below 40 counts as 40.
    package static func render(_ snapshot: IndexSnapshot, whatIf: [IndexWish] = [], width: Int) -> String {
        let page = IndexPage(snapshot: snapshot, whatIf: whatIf, width: max(40, width))
        return page.lines().joined(separator: "\n") + "\n"
    }
}

private struct IndexPage {
    let snapshot: IndexSnapshot
    let whatIf: [IndexWish]
    let width: Int

    func lines() -> [String] {
        header() + [""] + summary() + (snapshot.total.nodeCount > 0 ? [""] + tree() : []) + refusals()
    }

    // MARK: What is counted

    private func header() -> [String] {
        let terms = snapshot.terms
        return ["Computing capacity as of \(snapshot.asOf)"]
            + wrap(
                "\(snapshot.unit) of \(terms.precision.rawValue), policy \(terms.policy), perimeter \(terms.perimeter), "
                    + "kernels \(snapshot.mix)")
    }

    // MARK: Sums

    private func summary() -> [String] {
        let total = snapshot.total
        guard total.nodeCount > 0 else {
            return row("total", "0 \(snapshot.unit): no run counts") + row("growth", growth())
        }
        var lines = row("total", amountWithInterval(total.capacity) + "  " + plural(total.nodeCount, "node"))
        lines += row("uncertainty", uncertainty(total.capacity))
        for share in total.classes {
            let fraction = share.share.map { "  " + SIFormat.percent($0) } ?? ""
            lines += row(share.computeClass.rawValue, amountWithInterval(share.capacity) + fraction)
        }
        lines += row("coverage", coverage(total))
        lines += row("growth", growth())
        lines += growthDetails()
        for wish in whatIf {
            lines += row(
                "what if",
                "\(wish.computeClass.rawValue) had \(SIFormat.percent(wish.share)): it would take "
                    + "\(amount(wish.added)) more, \(amount(wish.total)) in all")
        }
        lines += availability()
        if total.staleNodeCount > 0 {
            lines += row(
                "stale",
                "\(plural(total.staleNodeCount, "node")) measured more than "
                    + "\(SIFormat.fixed(snapshot.thresholds.freshDays, decimals: 0)) days ago")
        }
        return lines
    }

    private func amount(_ value: Double) -> String { SIFormat.text(value, unit: snapshot.unit) }

    private func amountWithInterval(_ capacity: Capacity) -> String {
        let interval = capacity.interval95
        let range = SIFormat.interval(interval.lowerBound, interval.upperBound, like: capacity.value)
        return "\(amount(capacity.value))  (\(range), 95 %)"
    }

    private func uncertainty(_ capacity: Capacity) -> String {
        guard let random = capacity.relativeRandom, let systematic = capacity.relativeSystematic,
            let all = capacity.relativeUncertainty
        else { return "of 0 none can be stated" }
        func percent(_ fraction: Double) -> String { SIFormat.significant(fraction * 100, digits: 2) + " %" }
        return "\(percent(all)) (1 σ): \(percent(random)) random, \(percent(systematic)) systematic"
    }

    private func coverage(_ group: IndexGroup) -> String {
        guard let coverage = group.coverage else { return "of 0 none can be stated" }
        let parts = Basis.allCases.compactMap { basis -> String? in
            let value = group.byBasis[basis, default: 0]
            return value > 0 && basis != .measured ? "\(basis.rawValue) \(amount(value))" : nil
        }
        return "\(SIFormat.percent(coverage)) measured" + (parts.isEmpty ? "" : "; " + parts.joined(separator: ", "))
    }

    private func growth() -> String {
        switch snapshot.growth {
        case .success(let growth):
            let interval = growth.interval95
            return "\(signed(growth.fraction)) since \(growth.from.date)  (\(signed(interval.lowerBound)) to "
                + "\(signed(interval.upperBound)), 95 %)  \(growth.nodesBefore) then, \(growth.nodesNow) nodes now"
        case .failure(let reason): return "not stated: \(reason)"
        }
    }

    /// The rate a year, and what the change came from.
    private func growthDetails() -> [String] {
        guard case .success(let growth) = snapshot.growth else { return [] }
        var lines: [String] = []
        if let annual = growth.annual {
            let doubling =
                growth.doublingYears.map { ", doubling in \(SIFormat.significant($0, digits: 3)) years" } ?? ""
            lines += row("", "\(signed(annual)) a year\(doubling)")
        }
        if let parts = growth.attribution {
            func part(_ value: Double) -> String { (value < 0 ? "−" : "+") + amount(abs(value)) }
            lines += row(
                "",
                "by number of nodes \(part(parts.count)), by their speed \(part(parts.speed)), "
                    + "by their availability \(part(parts.availability))")
        }
        return lines
    }

    private func availability() -> [String] {
        let nodes = snapshot.total.groups.flatMap(\.groups).flatMap(\.nodes)
        let assumed = Set(nodes.filter(\.availability.isAssumed).map(\.nodeID)).count
        guard assumed > 0 else { return [] }
        return row("availability", "assumed to be 1 for \(assumed) of \(plural(snapshot.total.nodeCount, "node"))")
    }

    private func signed(_ fraction: Double) -> String { (fraction > 0 ? "+" : "") + SIFormat.percent(fraction) }

    // MARK: Tree

    /// One line per region, site and node: name, capacity, relative uncertainty, remark.
    private func tree() -> [String] {
        var rows: [(name: String, amount: String, uncertainty: String, remark: String)] = []
        var details: [Int: [String]] = [:]
        func add(_ depth: Int, _ name: String, _ capacity: Capacity, _ remark: String) {
            let relative = capacity.relativeUncertainty.map {
                "± " + SIFormat.significant(Capacity.coverageFactor95 * $0 * 100, digits: 2) + " %"
            }
            rows.append(
                (String(repeating: "  ", count: depth) + name, amount(capacity.value), relative ?? "", remark))
        }
        for region in snapshot.total.groups {
            add(0, region.name, region.capacity, plural(region.nodeCount, "node"))
            for site in region.groups {
                add(1, site.name, site.capacity, plural(site.nodeCount, "node"))
                for node in site.nodes {
                    add(2, name(of: node), node.capacity, remark(on: node))
                    details[rows.count - 1] = notes(on: node)
                }
            }
        }
        let names = rows.map(\.name.count).max() ?? 0
        let amounts = rows.map(\.amount.count).max() ?? 0
        let uncertainties = rows.map(\.uncertainty.count).max() ?? 0
        var lines = ["By region, site and node (± is half the 95 % interval)"]
        for (index, row) in rows.enumerated() {
            let left = padded(row.name, names) + "  " + padded(row.amount, amounts, right: true) + "  "
            let start = left + padded(row.uncertainty, uncertainties, right: true)
            lines += hanging(start + "  ", row.remark)
            lines += details[index, default: []].flatMap { hanging("      ", $0) }
        }
        return lines
    }

    private func name(of node: IndexNode) -> String {
        let short = String(node.nodeID.prefix(12))
        return node.origin.hostName.map { "\($0) (\(short))" } ?? short
    }

    private func remark(on node: IndexNode) -> String {
        var parts = [node.computeClass.rawValue]
        if let model = node.origin.model { parts.append(model) }
        if let fraction = node.fractionOfPeak { parts.append(SIFormat.percent(fraction) + " of peak") }
        parts.append("measured \(node.origin.measuredAt.date)")
        if !node.availability.isAssumed {
            parts.append("availability \(SIFormat.significant(node.availability.fraction, digits: 3))")
        }
        return parts.joined(separator: ", ")
    }

    /// What a reader needs to judge the node's line, each on a line of its own.
    private func notes(on node: IndexNode) -> [String] {
        let with = node.measuredWith.map { ["with \($0)"] } ?? []
        return with + node.passedOver.map { "passed over: \($0)" } + node.flags.map { "note: \($0)" }
    }

    // MARK: Refused

    private func refusals() -> [String] {
        guard !snapshot.refused.isEmpty else { return [] }
        var lines = ["", "Not counted: \(plural(snapshot.refused.count, "run"))"]
        for refusal in snapshot.refused {
            let node = refusal.origin.nodeID.map { String($0.prefix(12)) } ?? "unknown node"
            let who = refusal.origin.hostName.map { "\($0) (\(node))" } ?? node
            lines += wrap("\(who), run \(refusal.origin.runID), \(refusal.origin.measuredAt)", indent: 2)
            for finding in refusal.rejections {
                lines += hanging("    \(finding.gate.rawValue) \(finding.reason.rawValue): ", finding.description)
            }
        }
        return lines
    }

    // MARK: Lines

    private func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private func padded(_ text: String, _ width: Int, right: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, width - text.count))
        return right ? spaces + text : text + spaces
    }

    private func row(_ label: String, _ text: String) -> [String] { hanging(padded(label, 12) + "  ", text) }

    private func wrap(_ text: String, indent: Int = 0) -> [String] {
        hanging(String(repeating: " ", count: indent), text)
    }

    /// `start` and then the words of `text`, further lines indented as far; a start wider than half the line gives
    /// way to an indent of 4.
    private func hanging(_ start: String, _ text: String) -> [String] {
        let indent = String(repeating: " ", count: start.count <= width / 2 ? start.count : 4)
        var lines: [String] = []
        var line = start
        var isFresh = true
        // A no-break space keeps a number and its per cent sign on one line.
        let words = text.split(separator: " ", omittingEmptySubsequences: false).reduce(into: [String]()) {
            let joins = $1.first == "%" && !$0.isEmpty
            $0.append(joins ? $0.removeLast() + "\u{A0}" + $1 : String($1))
        }
        for (index, word) in words.enumerated() {
            if index > 0 && line.count + 1 + word.count > width && !isFresh {
                lines.append(trimmed(line))
                line = indent + word
            } else {
                line += (index == 0 || isFresh ? "" : " ") + word
            }
            isFresh = false
        }
        return lines + [trimmed(line)]
    }

    private func trimmed(_ line: String) -> String {
        var line = line[...]
        while line.last == " " { line.removeLast() }
        return String(line.map { $0 == "\u{A0}" ? " " : $0 })
    }
}
