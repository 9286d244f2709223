// CapacityText.swift: how a record becomes a contribution, step by step, with the numbers of each step.

package import CapacityConversion
package import CapacityIndex
import Quantities

package enum CapacityText {
    /// - Parameters:
    ///   - source: What the record was read from.
    ///   - asOf: The date that age and freshness are counted to.
    package static func render(
        _ measurement: NodeMeasurement, _ conversion: Conversion, source: String, converter: CapacityConverter,
        asOf: Timestamp
    ) throws -> String {
        let origin = measurement.origin
        let node = origin.nodeID.map { String($0.prefix(12)) } ?? "no identity"
        var text = "\(source): \(origin.hostName ?? "unnamed node") (\(node)), run \(origin.runID)\n"
        text += "measured \(measurement.endedAt), mix \(measurement.mix), policy \(converter.policy.id)\n"
        var contribution: Contribution?
        if case .accepted(let accepted) = conversion { contribution = accepted }
        for run in measurement.runs { text += rate(run, isChosen: run.label == contribution?.measuredWith) }
        if measurement.runs.isEmpty { text += "\nThe record has no result of the mix.\n" }
        if let contribution {
            text += try steps(contribution, policy: converter.policy, asOf: asOf, thresholds: converter.thresholds)
        }
        return text + gates(conversion)
    }

    private static func rate(_ run: MixRun, isChosen: Bool) -> String {
        var text = "\nrate of \(run.label)\(isChosen ? ", which counts" : "")\n"
        var table = TextTable([.left, .right, .left, .right, .left, .right, .left])
        for kernel in run.kernels {
            guard let seconds = kernel.medianSeconds, let rate = kernel.medianRate else { continue }
            table.add([
                kernel.subject, SIFormat.text(kernel.operations, unit: "FLOP"), "/",
                SIFormat.text(seconds, unit: "s"), "=", flops(rate),
                "median of \(kernel.sampleCount)" + (kernel.cv.map { ", CV \(SIFormat.percent($0))" } ?? ""),
            ])
        }
        text += table.text(indent: 2)
        for missing in run.missing { text += "  missing: \(missing)\n" }
        guard let rate = run.rate else { return text + "  S  not stated: a part of the mix is missing\n" }
        text += "  S = Σ work / Σ time = \(flops(rate))"
        if let peak = run.peak, let fraction = run.fractionOfPeak {
            text += ", \(SIFormat.percent(fraction)) of the stated peak of \(flops(peak))"
        }
        return text + "\n"
    }

    private static func steps(
        _ contribution: Contribution, policy: ConversionPolicy, asOf: Timestamp, thresholds: GateThresholds
    ) throws -> String {
        let equivalent = contribution.equivalent
        let weight = policy.weights[contribution.measuredPrecision].map(number) ?? "?"
        let availability = contribution.availability
        let capacity = try contribution.capacity(asOf: asOf, thresholds: thresholds)
        let days = max(0, contribution.ageDays(asOf: asOf))
        let random = equivalent.relativeRandom ?? 0
        let ageing = thresholds.aged(relativeUncertainty: 0, ageDays: days)
        var table = TextTable([.left, .left])
        table.add([
            "E = w · S",
            "\(amount(equivalent.value, policy)): \(contribution.measuredPrecision.rawValue) stands for class "
                + "\(contribution.computeClass.rawValue), w = \(weight)",
        ])
        table.add([
            "K = E · a · φ",
            "\(amount(capacity.value, policy)): a = \(number(availability.fraction))"
                + (availability.isAssumed ? " (assumed)" : "")
                + ", φ = \(number(contribution.classFraction))",
        ])
        table.add([
            "u_random",
            "\(percent(capacity.relativeRandom ?? 0)): samples \(percent(random)), "
                + "age of \(SIFormat.fixed(days, decimals: 1)) days \(percent(ageing)), in quadrature",
        ])
        table.add(["u_systematic", "\(percent(capacity.relativeSystematic ?? 0)), common to all nodes"])
        let interval = capacity.interval95
        table.add([
            "95 % interval",
            SIFormat.interval(interval.lowerBound, interval.upperBound, like: capacity.value) + " "
                + amount(capacity.value, policy).split(separator: " ").dropFirst().joined(separator: " "),
        ])
        return "\ncontribution\n" + table.text(indent: 2)
    }

    private static func gates(_ conversion: Conversion) -> String {
        var text = "\ngates\n"
        for outcome in conversion.gates {
            text += "  \(outcome.gate.rawValue) \(outcome.gate): \(outcome.verdict.rawValue)\n"
            for finding in outcome.findings { text += "    \(finding.reason.rawValue): \(finding)\n" }
        }
        switch conversion {
        case .accepted: return text + "The record counts.\n"
        case .refused(let refusal, _):
            // A refusal that no gate stands for says why by itself.
            let others = refusal.findings.filter { finding in
                !conversion.gates.contains { $0.findings.contains(finding) }
            }
            for finding in others {
                text += "  \(finding.gate.rawValue) \(finding.gate): \(finding.verdict.rawValue)\n    \(finding)\n"
            }
            return text + "The record does not count.\n"
        }
    }

    /// Without the zeros behind the decimal point.
    private static func number(_ value: Double) -> String {
        value == value.rounded() ? SIFormat.fixed(value, decimals: 0) : SIFormat.significant(value, digits: 6)
    }
    private static func flops(_ rate: Double) -> String { SIFormat.text(rate, unit: "FLOPS") }
    private static func amount(_ value: Double, _ policy: ConversionPolicy) -> String {
        SIFormat.text(value, unit: policy.unit)
    }
    private static func percent(_ share: Double) -> String { SIFormat.significant(share * 100, digits: 3) + " %" }
}
