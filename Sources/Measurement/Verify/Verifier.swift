// Verifier.swift: the only place that can turn a raw run into one whose rate may be reported.

import ComputeKernels
package import ResultRecord
import SampleStatistics

/// A run whose every timed result was checked and found right.
package struct VerifiedRun: Sendable {
    package let run: RawRun
    package let checks: [CheckOutcome]

    fileprivate init(run: RawRun, checks: [CheckOutcome]) {
        self.run = run
        self.checks = checks
    }
}

/// A run with a wrong result. It keeps its samples for the record, but no rate is ever made from them.
package struct VerificationFailure: UserFacingError {
    package enum Kind: Sendable, Hashable {
        /// A numeric check failed.
        case wrongResult
        /// The results are right, the rate cannot be.
        case abovePeak
    }

    package let run: RawRun
    package let checks: [CheckOutcome]
    package let kind: Kind
    /// `freivalds residual 1.3e+09, limit 16`
    package let detail: String

    package var what: String {
        switch kind {
        case .wrongResult: "\(run.planned.title) computed wrongly: \(detail)"
        case .abovePeak: "\(run.planned.title) cannot have run this fast: \(detail)"
        }
    }

    package var nextStep: String {
        switch kind {
        case .abovePeak:
            "Measure again; if it stays so, the stated operations per cycle are wrong for this CPU: report it."
        case .wrongResult where run.planned.workingSet != nil:
            "Do not trust this memory or this CPU: repeat with --cpus on another one, and run a memory test."
        case .wrongResult where run.planned.order == nil:
            "Do not trust this CPU: repeat with --cpus on another one to tell the core from the program."
        case .wrongResult:
            "Do not trust this library or this machine: repeat with another --blas, then on other CPUs."
        }
    }

    package var exitStatus: ExitStatus { .measurementFailed }

    /// `status_code` of the result.
    package var code: String {
        switch kind {
        case .wrongResult: "check-failed"
        case .abovePeak: "above-peak"
        }
    }
}

extension PlannedMeasurement {
    /// Name and size, for messages.
    package var title: String {
        if let order { return "\(name) n=\(order)" }
        guard let workingSet, case .stream = kernel else { return name }
        return "\(name) in \(workingSet.level.rawValue)"
    }
}

package enum Verifier {
    /// Checks the evidence of a run.
    package static func verify(_ run: RawRun) -> Result<VerifiedRun, VerificationFailure> {
        let checks: [CheckOutcome]
        var detail: String?
        switch run.evidence {
        case .endStates(let visits):
            let replay = endStateCheck(run, visits)
            checks = [replay.check]
            detail = replay.detail
        case .products(let residuals, let references):
            let limit = ProductWitness<Double>.limit
            var found = [
                worst("freivalds", residuals.map(\.freivalds), limit: limit, run),
                worst("sampled-entries", residuals.map(\.entries), limit: limit, run),
            ]
            if !references.isEmpty {
                found.append(worst("own-product", references.map(\.residual), limit: limit, run))
            }
            checks = found
            detail = failure(of: checks)
        case .scaledResiduals(let kind, let residuals, let limit, let refusal):
            checks = [worst(kind, residuals, limit: limit, run)]
            detail = failure(of: checks).map { refusal ?? $0 }
        case .counted(let kind, let wrong, let checked, let firstDifference):
            let passed = wrong == 0 && checked > 0
            let cpu = run.planned.scope == .core ? run.planned.cpus.first : nil
            checks = [
                CheckOutcome(
                    kind: kind, residual: Double(wrong), tolerance: 0, passed: passed, count: checked,
                    cpu: passed ? nil : cpu)
            ]
            if !passed {
                detail = "\(wrong) of \(checked) \(kind) differ" + (firstDifference.map { ": \($0)" } ?? "")
            }
        }
        let all = checks + [peakCheck(run)].compactMap { $0 }
        if let detail {
            return .failure(VerificationFailure(run: run, checks: all, kind: .wrongResult, detail: detail))
        }
        if let above = all.first(where: { !$0.passed }) {
            let detail =
                "its median is \(Float(above.residual ?? 0)) of the stated peak, limit \(above.tolerance); "
                + "work was left out, or the clock was misread"
            return .failure(VerificationFailure(run: run, checks: all, kind: .abovePeak, detail: detail))
        }
        return .success(VerifiedRun(run: run, checks: all))
    }

    /// Replays the kernel's recurrence in scalar arithmetic, once, and compares bit for bit.
    private static func endStateCheck(
        _ run: RawRun, _ visits: [EndStates]
    ) -> (check: CheckOutcome, detail: String?) {
        guard case .fma(let kernel) = run.planned.kernel, let first = visits.first else {
            preconditionFailure("register kernels, and only those, leave end states")
        }
        let expected = kernel.expectedState(from: first.initial, iterations: first.iterations)
        var wrong: [EndStateDeviation] = []
        var count = 0
        for visit in visits {
            let different = visit.examples.filter { $0.state.firstDifference(from: expected) != nil }
            if visit.common.firstDifference(from: expected) == nil {
                count += visit.deviating
            } else {
                wrong.append(
                    EndStateDeviation(cpu: run.planned.cpus.first ?? 0, slice: visit.firstSlice, state: visit.common))
                // All but those that deviate; of these, the ones that are known to be wrong too.
                count += visit.slices - visit.deviating + different.count
            }
            wrong += different
        }
        let slices = visits.reduce(0) { $0 + $1.slices }
        let check = CheckOutcome(
            kind: "scalar-replay", residual: Double(count), tolerance: 0, passed: count == 0, count: slices,
            cpu: wrong.first?.cpu)
        guard count > 0, let first = wrong.first, let difference = first.state.firstDifference(from: expected) else {
            return (check, nil)
        }
        return (
            check,
            "\(count) of \(slices) slices; slice \(first.slice) on CPU \(first.cpu) differs from the scalar replay first at "
                + "\(difference)"
        )
    }

    /// The worst residual over all timed results.
    private static func worst(_ kind: String, _ residuals: [Double], limit: Double, _ run: RawRun) -> CheckOutcome {
        let failing = residuals.first { !($0 <= limit) }
        let finite = residuals.allSatisfy(\.isFinite)
        return CheckOutcome(
            kind: kind, residual: finite ? residuals.max() : nil, tolerance: limit,
            passed: failing == nil && !residuals.isEmpty, count: residuals.count,
            cpu: failing != nil && run.planned.scope == .core ? run.planned.cpus.first : nil)
    }

    private static func failure(of checks: [CheckOutcome]) -> String? {
        checks.first { !$0.passed }.map { failed in
            let residual = failed.residual.map { "\(Float($0))" } ?? "not a finite number"
            return "\(failed.kind) residual \(residual), limit \(failed.tolerance)"
        }
    }

    /// A rate well above what the execution units can do means that work was miscounted or left out.
    ///
    /// Each slice is held against the clock seen right behind it, and the median counts: a clock that changes, and a
    /// probe that was held up, mislead single slices in either direction.
    private static func peakCheck(_ run: RawRun) -> CheckOutcome? {
        guard let perCycle = run.planned.peakPerCycle, !run.clocks.isEmpty else { return nil }
        let fractions = run.slices.enumerated().compactMap { index, slice -> Double? in
            guard run.clocks.allSatisfy({ $0.indices.contains(index) }) else { return nil }
            let clock = run.clocks.reduce(0) { $0 + $1[index] } / Double(run.clocks.count)
            return run.workPerSlice / slice.seconds / (perCycle * clock)
        }
        guard let fraction = OrderStatistics(fractions)?.median else { return nil }
        return CheckOutcome(
            kind: "stated-peak", residual: fraction, tolerance: ResultRecord.peakAllowance,
            passed: fraction <= ResultRecord.peakAllowance, count: fractions.count)
    }
}

extension RawRun {
    /// The best clock of each thread; nil where none was probed.
    var bestClocks: [Double]? {
        let best = clocks.compactMap { $0.max() }
        return best.isEmpty || best.count < clocks.count ? nil : best
    }

    /// Flop per cycle over all threads times the best clock seen, in FLOPS; threads that were not probed are taken to
    /// run at the clock of those that were.
    package var statedPeak: Double? {
        guard let perCycle = planned.peakPerCycle, let clocks = bestClocks else { return nil }
        return perCycle * CompensatedSum(clocks).value / Double(clocks.count)
    }
}
