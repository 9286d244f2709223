// CompositeText.swift: a composite index for people: the choices, the table by rank, and what was left out.

package import CompositeIndex
import Quantities

package enum CompositeText {
    package static func render(_ report: CompositeReport) -> String {
        let result = report.result
        var text = choices(result).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }.joined()
        text += "definition: sha256 \(report.definitionSHA256)\n\n"
        text += ranking(result)
        text += notes(result)
        if report.decomposes { text += "\n" + contributions(result) }
        if let robustness = report.robustness { text += "\n" + self.robustness(robustness) }
        return text
    }

    /// A stage's table, or the weights.
    package static func render(_ stage: Stage, of report: CompositeReport, data: CompositeData) -> String {
        let result = report.result
        guard stage != .weight, let values = result.tables[stage] else {
            var table = TextTable([.left, .right])
            table.add(["code", "weight"])
            for (code, share) in result.weights.shares.sorted(by: { $0.key < $1.key }) {
                table.add([code, number(share)])
            }
            return table.text()
        }
        var table = TextTable([.left, .left] + values.codes.map { _ in .right })
        table.add(["unit", "time"] + values.codes)
        for (row, unit) in result.units(at: stage, of: data).enumerated() {
            table.add([unit.code, time(unit)] + values.columns.map { number($0[row]) })
        }
        return table.text()
    }

    /// Stage to method, in the words of the command's options.
    static func choices(_ result: CompositeResult) -> [String: String] {
        let method = result.method
        let tree = result.tree
        var choices = [
            "denominate": method.denominates ? "yes" : "no",
            "impute": MethodNames.name(of: method.imputation),
            "screen": method.screening.map { "\($0)" } ?? "none",
            "treat": MethodNames.name(of: method.treatment),
            "normalise": MethodNames.name(of: method.normalisation),
            "weights": MethodNames.name(of: method.weighting),
            "availability": "\(method.dataAvailability)",
        ]
        for level in 2...max(2, tree.height) {
            choices["aggregate-level \(level)"] = MethodNames.name(
                of: method.aggregation(at: level, height: tree.height))
        }
        for (code, own) in method.normalisationByIndicator {
            choices["normalise \(code)"] = MethodNames.name(of: own)
        }
        return choices
    }

    private static func number(_ value: Double?) -> String {
        value.map { SIFormat.fixed($0, decimals: 4) } ?? "–"
    }

    private static func time(_ unit: CompositeUnit) -> String { unit.time.map(String.init) ?? "" }

    private static func ranking(_ result: CompositeResult) -> String {
        let below = result.tree.bottomUp.reversed().filter { $0 != result.tree.root }
        var table = TextTable([.right, .left, .left, .left, .right] + below.map { _ in .right })
        table.add(["rank", "code", "name", "time", result.tree.root] + below)
        let order = result.units.indices.sorted {
            let (a, b) = (result.units[$0], result.units[$1])
            return (a.time ?? .min, result.ranks[$0] ?? .max, $0) < (b.time ?? .min, result.ranks[$1] ?? .max, $1)
        }
        for row in order {
            let unit = result.units[row]
            table.add(
                [
                    result.ranks[row].map(String.init) ?? "–", unit.code, unit.name == unit.code ? "" : unit.name,
                    time(unit), number(result.index[row]),
                ] + below.map { number(result[$0]?[row]) })
        }
        return table.text()
    }

    private static func notes(_ result: CompositeResult) -> String {
        var notes: [String] = []
        for indicator in result.unscored {
            notes.append("\(indicator.code) takes no part: it is \(indicator.reason.text)")
        }
        if !result.screenedOut.isEmpty {
            notes.append("screened out for missing data: " + result.screenedOut.map(\.code).joined(separator: ", "))
        }
        if !result.imputed.isEmpty { notes.append("\(result.imputed.count) missing cells were imputed") }
        for report in result.treatments where report.action == .winsorised || report.action == .logged {
            let how = report.action == .logged ? "logarithm taken" : "\(report.points) points winsorised"
            let outcome = report.passes == true ? "" : ", still outside the limits"
            notes.append("\(report.indicator)\(report.time.map { " of \($0)" } ?? ""): \(how)\(outcome)")
        }
        return notes.isEmpty ? "" : "\n" + notes.map { "note: \($0)\n" }.joined()
    }

    private static func contributions(_ result: CompositeResult) -> String {
        var table = TextTable([.left, .left, .left, .right, .right, .right, .right])
        table.add(["unit", "aggregate", "part", "weight", "score", "amount", "share"])
        for (row, unit) in result.units.enumerated() {
            for aggregate in result.tree.bottomUp {
                for part in result.contributions(to: aggregate, row: row) ?? [] {
                    table.add([
                        unit.code, aggregate, part.code, number(part.weight), number(part.score), number(part.amount),
                        number(part.share),
                    ])
                }
            }
        }
        return table.text()
    }

    private static func robustness(_ result: RobustnessResult) -> String {
        var text = "Robustness, \(result.evaluations) evaluations\n"
        var changes = TextTable([.left, .left, .right, .right])
        changes.add(["factor", "alternative", "mean |rank shift|", "largest"])
        for change in result.changes {
            changes.add([
                change.factor.rawValue, change.alternative, number(change.meanAbsoluteRankShift),
                change.largestRankShift.map(String.init) ?? "–",
            ])
        }
        var sobol = TextTable([.left, .right, .right])
        sobol.add(["factor", "first order", "total order"])
        for (factor, indices) in result.sensitivity.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            sobol.add([factor.rawValue, number(indices?.firstOrder), number(indices?.totalOrder)])
        }
        var ranks = TextTable([.left, .left, .right, .right, .right])
        ranks.add(["unit", "time", "rank", "median", "5 to 95 %"])
        for unit in result.units {
            let interval = unit.lower.flatMap { lower in
                unit.upper.map { "\(SIFormat.fixed(lower, decimals: 1)) to \(SIFormat.fixed($0, decimals: 1))" }
            }
            ranks.add([
                unit.unit.code, time(unit.unit), unit.nominal.map(String.init) ?? "–",
                unit.median.map { SIFormat.fixed($0, decimals: 1) } ?? "–", interval ?? "–",
            ])
        }
        text += changes.text() + "\n" + sobol.text() + "\n" + ranks.text()
        for (message, count) in result.failures.sorted(by: { $0.key < $1.key }) {
            text += "note: \(count) evaluations gave no index: \(message)\n"
        }
        return text
    }
}
