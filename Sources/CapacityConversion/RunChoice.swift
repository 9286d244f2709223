// RunChoice.swift: which of a record's runs of the mix stands for the node.
// The best one that the gates let pass: a node is worth what it can do with the best library on it, never the sum.

import CapacityIndex
import Quantities

extension MixRun {
    /// `gemm/f32/openblas/node, 8 threads`.
    package var label: String { "\(name), \(threads) thread\(threads == 1 ? "" : "s")" }
}

struct RunChoice {
    struct Chosen: Hashable {
        var run: MixRun
        var equivalent: Equivalent
        /// Other runs of the same precision, each with its rate and why it does not count.
        var passedOver: [String]
    }

    /// What stands in the way when there is no run to judge.
    struct Nothing: Error, Hashable {
        var gates: [GateOutcome]
        var findings: [Finding]
    }

    let result: Result<Chosen, Nothing>

    init(measurement: NodeMeasurement, policy: ConversionPolicy, gates: Gates) {
        let wanted = policy.candidates(for: measurement.computeClass).groups.flatMap { $0 }
        var best: [Precision: MixRun] = [:]
        for precision in wanted {
            let rated = measurement.runs.filter { $0.precision == precision && $0.rate != nil }
            let passing = rated.filter { !Self.isRejected($0, gates) }
            // Where none passes, the best is judged, so that its refusal shows.
            let pool = passing.isEmpty ? rated : passing
            best[precision] = pool.max { ($0.rate ?? 0) < ($1.rate ?? 0) }
        }
        // A precision that is refused must not displace one that counts, where the policy would take either.
        let passing = best.filter { !Self.isRejected($0.value, gates) }
        let pool = passing.isEmpty ? best : passing
        do {
            let equivalent = try policy.equivalent(
                of: pool.compactMapValues(\.rate), as: measurement.computeClass)
            let run = pool[equivalent.precision]!
            let others = measurement.runs.filter { $0.precision == equivalent.precision && $0 != run }
            result = .success(
                Chosen(run: run, equivalent: equivalent, passedOver: others.map { Self.passedOver($0, gates) }))
        } catch {
            result = .failure(Self.nothing(measurement, wanted: wanted, gates))
        }
    }

    private static func isRejected(_ run: MixRun, _ gates: Gates) -> Bool {
        gates.kernelGates(run).contains { $0.verdict == .reject }
    }

    private static func passedOver(_ run: MixRun, _ gates: Gates) -> String {
        let rejections = gates.kernelGates(run).flatMap(\.findings).filter { $0.verdict == .reject }
        let why =
            run.missing.isEmpty ? rejections.map(\.description) : run.missing.map { "incomplete, " + $0 }
        let rate = run.rate.map { SIFormat.text($0, unit: "FLOPS") } ?? "no rate"
        return "\(run.label): \(rate)" + (why.isEmpty ? "" : " (" + why.joined(separator: "; ") + ")")
    }

    /// Why no run of a wanted precision has a rate: parts missing, samples that cannot be, or no such results.
    private static func nothing(_ measurement: NodeMeasurement, wanted: [Precision], _ gates: Gates) -> Nothing {
        let runs = measurement.runs.filter { wanted.contains($0.precision) }
        guard !runs.isEmpty else {
            let names = wanted.map(\.rawValue).joined(separator: " or ")
            return Nothing(
                gates: [], findings: [Finding(.completeness, .reject, .precisionNotMeasured, subject: names)])
        }
        let missing = runs.flatMap { run in
            run.missing.map {
                Finding(.completeness, .reject, .incompleteMix, subject: "\(run.label), \($0)")
            }
        }
        let judged = runs.filter { $0.missing.isEmpty }.flatMap { gates.kernelGates($0) }.filter {
            $0.gate != .completeness && $0.verdict != .pass
        }
        // One outcome per gate, whichever library's run it came from.
        let merged = Dictionary(grouping: judged, by: \.gate).map { GateOutcome($0, $1.flatMap(\.findings)) }
        return Nothing(gates: merged, findings: missing)
    }
}
