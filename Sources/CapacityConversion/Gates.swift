// Gates.swift: holds a measurement against the thresholds: G0 to G5 and G7 to G10.
// G6, the cap of guests by their host, needs several nodes and is not decided here.

import CapacityIndex

/// How far a record is known to be what was written at the time.
package enum Provenance: String, Sendable, Hashable, Codable {
    /// Its digest was recomputed and matches.
    case verified
    /// It has no digest, or nobody recomputed it.
    case unsealed
    /// It is being written by this process, which seals it next.
    case beingSealed = "being-sealed"
}

/// When a run took place; for finding runs on one node that disturbed each other.
package struct RunWindow: Sendable, Hashable {
    package let runID: String
    /// POSIX seconds.
    package let start: Double
    package let end: Double

    package init(runID: String, start: Double, end: Double) {
        self.runID = runID
        self.start = start
        self.end = end
    }

    /// Windows that touch in one instant do not overlap.
    package func overlaps(_ other: RunWindow) -> Bool { start < other.end && other.start < end }
}

/// Judges one measurement; each function is one gate.
struct Gates {
    let thresholds: GateThresholds
    let measurement: NodeMeasurement

    // MARK: Per kernel, over one run of the mix

    /// Gates that depend on the kernels alone: those that decide which of several libraries' runs can count.
    func kernelGates(_ run: MixRun) -> [GateOutcome] {
        [work(run), numeric(run), peak(run), stability(run), duration(run)]
    }

    /// G0, the part about what was computed, and on how much of the node.
    private func work(_ run: MixRun) -> GateOutcome {
        var findings = run.kernels.filter { kernel in
            guard let stated = kernel.statedOperations else { return true }
            // Relative, as counts beyond 2^53 are rounded.
            return abs(stated - kernel.operations) > 1e-9 * kernel.operations
        }.map {
            Finding(
                .completeness, .reject, .workMismatch, subject: $0.subject, found: $0.statedOperations,
                limit: $0.operations)
        }
        if let cores = measurement.usableCores, run.threads < cores {
            findings.append(
                Finding(
                    .completeness, .reject, .partialNode, subject: run.name, found: Double(run.threads),
                    limit: Double(cores)))
        }
        return GateOutcome(.completeness, findings)
    }

    /// G1: every kernel was checked, and every check passed. The limits are the checks' own
    /// (docs/verification.md).
    private func numeric(_ run: MixRun) -> GateOutcome {
        GateOutcome(
            .numeric,
            run.kernels.compactMap { kernel in
                if kernel.failedCheckCount > 0 {
                    return Finding(
                        .numeric, .reject, .checkFailed, subject: kernel.subject,
                        found: Double(kernel.failedCheckCount), limit: 0)
                }
                return kernel.checkCount == 0
                    ? Finding(.numeric, .reject, .notChecked, subject: kernel.subject) : nil
            })
    }

    /// G2, for each kernel against its own peak, which implies it for the mix; the mix alone could hide one that is
    /// too fast among slow ones.
    private func peak(_ run: MixRun) -> GateOutcome {
        var findings: [Finding] = []
        for kernel in run.kernels {
            guard let rate = kernel.medianRate else {
                findings.append(
                    Finding(.peak, .reject, .impossibleRate, subject: kernel.subject, found: kernel.smallestRate))
                continue
            }
            guard let peak = kernel.peak else {
                findings.append(Finding(.peak, .flag, .peakUnknown, subject: kernel.subject))
                continue
            }
            let fraction = rate / peak
            // Written so that a NaN is refused too, here and below.
            if !(fraction <= thresholds.maximumPeakFraction) {
                findings.append(
                    Finding(
                        .peak, .reject, .abovePeak, subject: kernel.subject, found: fraction,
                        limit: thresholds.maximumPeakFraction))
            }
        }
        if let fraction = run.fractionOfPeak, fraction < thresholds.minimumPeakFraction {
            findings.append(
                Finding(
                    .peak, .flag, .farBelowPeak, subject: run.name, found: fraction,
                    limit: thresholds.minimumPeakFraction))
        }
        return GateOutcome(.peak, findings)
    }

    /// G3.
    private func stability(_ run: MixRun) -> GateOutcome {
        GateOutcome(.stability, run.kernels.flatMap(stability))
    }

    private func stability(_ kernel: KernelEvidence) -> [Finding] {
        func finding(_ verdict: GateVerdict, _ reason: ReasonCode, _ found: Double, _ limit: Double) -> Finding {
            Finding(.stability, verdict, reason, subject: kernel.subject, found: found, limit: limit)
        }
        guard kernel.sampleCount >= thresholds.minimumSamples else {
            return [
                finding(.reject, .tooFewSamples, Double(kernel.sampleCount), Double(thresholds.minimumSamples))
            ]
        }
        var findings: [Finding] = []
        if let cv = kernel.cv, !(cv <= thresholds.rejectedCV) {
            findings.append(finding(.reject, .unstableCV, cv, thresholds.rejectedCV))
        } else if let cv = kernel.cv, cv > thresholds.flaggedCV {
            findings.append(finding(.flag, .raisedCV, cv, thresholds.flaggedCV))
        }
        if let ratio = kernel.thirdsRatio, !(ratio >= thresholds.minimumThirdsRatio) {
            findings.append(finding(.reject, .slowsDown, ratio, thresholds.minimumThirdsRatio))
        }
        if kernel.isUntrusted {
            findings.append(Finding(.stability, .flag, .untrustedRun, subject: kernel.subject))
        }
        return findings
    }

    /// G4.
    private func duration(_ run: MixRun) -> GateOutcome {
        var findings: [Finding] = []
        for kernel in run.kernels where kernel.medianSeconds != nil {
            if !(kernel.totalSeconds >= thresholds.minimumKernelSeconds) {
                findings.append(
                    Finding(
                        .duration, .reject, .tooShort, subject: kernel.subject, found: kernel.totalSeconds,
                        limit: thresholds.minimumKernelSeconds))
            }
            let limit = thresholds.maximumClockStepFraction
            if kernel.shortestSampleSeconds * limit < thresholds.clockStepSeconds {
                let fraction =
                    kernel.shortestSampleSeconds > 0
                    ? thresholds.clockStepSeconds / kernel.shortestSampleSeconds : nil
                findings.append(
                    Finding(
                        .duration, .reject, .clockTooCoarse, subject: kernel.subject, found: fraction, limit: limit))
            }
        }
        return GateOutcome(.duration, findings)
    }

    // MARK: Of the whole measurement

    /// G5, the part one measurement can tell; that a node counts once is the index's to see.
    func identity() -> GateOutcome {
        guard let nodeID = measurement.origin.nodeID, !nodeID.isEmpty else {
            return GateOutcome(.identity, [Finding(.identity, .reject, .noIdentity)])
        }
        return GateOutcome(
            .identity, measurement.hasGeneratedIdentity ? [Finding(.identity, .flag, .generatedIdentity)] : [])
    }

    /// G7: recorded, not judged; capacity comes from the best run in any case.
    func simultaneousMultithreading(_ run: MixRun) -> GateOutcome {
        guard let cores = measurement.physicalCores else {
            return GateOutcome(
                .simultaneousMultithreading, [Finding(.simultaneousMultithreading, .flag, .coresUnknown)])
        }
        guard run.threads > cores else { return GateOutcome(.simultaneousMultithreading) }
        return GateOutcome(
            .simultaneousMultithreading,
            [
                Finding(
                    .simultaneousMultithreading, .flag, .moreThreadsThanCores, subject: run.name,
                    found: Double(run.threads), limit: Double(cores))
            ])
    }

    /// G9: record by its digest, binary by its hash. The plan's hash is a required field of every record.
    func provenance(_ provenance: Provenance) -> GateOutcome {
        var findings: [Finding] = []
        if provenance == .unsealed || (provenance == .verified && measurement.digest == nil) {
            findings.append(Finding(.provenance, .reject, .unsealed))
        }
        if measurement.toolSHA256 == nil { findings.append(Finding(.provenance, .flag, .binaryUnknown)) }
        return GateOutcome(.provenance, findings)
    }

    /// G10.
    ///
    /// - Parameter others: Other runs on the same node.
    func time(now: Timestamp, others: [RunWindow]) -> GateOutcome {
        var findings: [Finding] = []
        let start = measurement.startedAt.secondsSince1970
        let end = measurement.endedAt.secondsSince1970
        if end - now.secondsSince1970 > thresholds.clockToleranceSeconds {
            findings.append(
                Finding(
                    .time, .reject, .futureMeasurement, found: end - now.secondsSince1970,
                    limit: thresholds.clockToleranceSeconds))
        }
        if end < start { findings.append(Finding(.time, .reject, .endsBeforeStart, found: start - end)) }
        let window = RunWindow(runID: measurement.origin.runID, start: start, end: end)
        for other in others where other.runID != window.runID && other.overlaps(window) {
            findings.append(Finding(.time, .reject, .overlappingRun, subject: "run \(other.runID)"))
        }
        return GateOutcome(.time, findings)
    }
}
