// CapacityConverter.swift: a node's measurement to its contribution, or to a refusal that says why.
// Every gate is evaluated even when one rejects, so that a user sees all there is to mend at once.

package import CapacityIndex
package import ResultRecord

/// What became of one measurement.
package enum Conversion: Sendable, Hashable {
    case accepted(Contribution)
    case refused(Refusal, gates: [GateOutcome])

    package var gates: [GateOutcome] {
        switch self {
        case .accepted(let contribution): contribution.gates
        case .refused(_, let gates): gates
        }
    }
}

/// Converts measurements under one policy, over one perimeter, by one set of thresholds.
package struct CapacityConverter: Sendable, Hashable {
    package var policy: ConversionPolicy
    package var perimeter: Perimeter
    package var mix: KernelMix
    package var thresholds: GateThresholds
    /// Counted for every node, until operators state their own.
    package var availability: Availability

    /// Relative standard uncertainty that all nodes share: the time base.
    ///
    /// NTP steers a kernel's clock by at most 500 parts per million (MAXFREQ in Linux, RFC 5905), so no interval read
    /// from it is further off than that; taken as one standard deviation, which errs to the safe side.
    package static let relativeSystematic = 5e-4

    package init(
        policy: ConversionPolicy = .fp32Native, perimeter: Perimeter = .local, mix: KernelMix = .gemmNode1,
        thresholds: GateThresholds = GateThresholds(), availability: Availability = .assumed
    ) {
        self.policy = policy
        self.perimeter = perimeter
        self.mix = mix
        self.thresholds = thresholds
        self.availability = availability
    }

    /// Judges and converts one measurement.
    ///
    /// - Parameters:
    ///   - asOf: The date of the index, for freshness.
    ///   - now: The present, for runs that claim to be from the future.
    ///   - others: Other runs on the same node, for overlaps.
    package func convert(
        _ measurement: NodeMeasurement, provenance: Provenance, asOf: Timestamp, now: Timestamp,
        others: [RunWindow] = []
    ) -> Conversion {
        let gates = Gates(thresholds: thresholds, measurement: measurement)
        let choice = RunChoice(measurement: measurement, policy: policy, gates: gates)

        var completeness: [Finding] = []
        if !measurement.completed { completeness.append(Finding(.completeness, .reject, .interrupted)) }
        if measurement.mix != mix.id {
            let both = "\(measurement.mix) instead of \(mix.id)"
            completeness.append(Finding(.completeness, .reject, .otherMix, subject: both))
        }
        var outcomes: [GateOutcome] = []
        switch choice.result {
        case .success(let chosen):
            let perKernel = gates.kernelGates(chosen.run)
            completeness += perKernel[0].findings
            if chosen.equivalent.usedPolicyPrecision {
                let precision = chosen.equivalent.precision.rawValue
                completeness.append(Finding(.completeness, .flag, .policyPrecision, subject: precision))
            }
            outcomes = perKernel.dropFirst() + [gates.simultaneousMultithreading(chosen.run)]
        case .failure(let nothing):
            completeness += nothing.findings
            outcomes = nothing.gates
        }
        outcomes += [
            GateOutcome(.completeness, completeness), gates.identity(),
            thresholds.freshness(ageDays: asOf.days(since: measurement.endedAt)),
            gates.provenance(provenance), gates.time(now: now, others: others),
        ]
        outcomes.sort { GateID.allCases.firstIndex(of: $0.gate)! < GateID.allCases.firstIndex(of: $1.gate)! }

        let findings = outcomes.flatMap(\.findings)
        let refused = Conversion.refused(Refusal(origin: measurement.origin, findings: findings), gates: outcomes)
        guard !findings.contains(where: { $0.verdict == .reject }), let nodeID = measurement.origin.nodeID,
            case .success(let chosen) = choice.result
        else { return refused }
        do {
            return .accepted(
                try contribution(measurement, nodeID: nodeID, chosen: chosen, gates: outcomes))
        } catch {
            // Reached when a custom weight overflows: the numbers of a measurement were checked by its gates.
            let impossible = Finding(.peak, .reject, .impossibleRate, subject: "the converted rate")
            return .refused(Refusal(origin: measurement.origin, findings: findings + [impossible]), gates: outcomes)
        }
    }

    private func contribution(
        _ measurement: NodeMeasurement, nodeID: String, chosen: RunChoice.Chosen, gates: [GateOutcome]
    ) throws(CapacityError) -> Contribution {
        let equivalent = try Capacity(
            value: chosen.equivalent.value, relativeRandom: chosen.run.relativeRandom ?? .nan,
            relativeSystematic: Self.relativeSystematic, precision: policy.referencePrecision, policy: policy.id,
            basis: .measured, perimeter: perimeter, asOf: measurement.endedAt)
        return try Contribution(
            nodeID: nodeID, origin: measurement.origin, computeClass: measurement.computeClass,
            measuredPrecision: chosen.equivalent.precision, equivalent: equivalent, availability: availability,
            gates: gates, fractionOfPeak: chosen.run.fractionOfPeak,
            measuredWith: chosen.run.label, passedOver: chosen.passedOver)
    }

    /// The part of a record that says what it contributes under a policy, computed while the record is made.
    ///
    /// - Parameter provenance: `.beingSealed` for a record that this process is about to seal.
    /// - Throws: `MeasurementError` when the record's times cannot be read.
    package static func contributionRecord(
        for record: ResultRecord, policy: ConversionPolicy = .fp32Native, now: Timestamp,
        provenance: Provenance = .beingSealed
    ) throws(MeasurementError) -> ContributionRecord {
        let converter = CapacityConverter(policy: policy)
        let measurement = try NodeMeasurement(record, mix: converter.mix)
        let conversion = converter.convert(measurement, provenance: provenance, asOf: now, now: now)
        var result = ContributionRecord(
            policy: policy.id.description, computeClass: measurement.computeClass.rawValue,
            gates: conversion.gates.map {
                GateRecord(id: $0.gate.rawValue, outcome: $0.verdict.rawValue, reason: $0.reason?.rawValue)
            })
        if case .accepted(let contribution) = conversion {
            result.valueFLOPS = contribution.equivalent.value
            result.uRandom = contribution.equivalent.relativeRandom
            result.uSystematic = contribution.equivalent.relativeSystematic
        }
        return result
    }
}
