// IndexSnapshot.swift: the index at one date: what counts, what does not and why, and how it changed.
// It applies the gates that depend on the date itself, so that contributions can be kept and read at another one.

import SampleStatistics

/// The capacity of a perimeter at one date, under one policy.
public struct IndexSnapshot: Sendable, Hashable {
    /// Identifies the JSON form.
    public static let format = "suanli-index/1"

    public let asOf: Timestamp
    /// Precision, policy and perimeter of every amount in the snapshot.
    public let terms: CapacityTerms
    /// What amounts are counted in, `FLOPS` for most policies.
    public let unit: String
    public let mix: MixID
    /// The limits that the gates were held to.
    public let thresholds: GateThresholds
    /// Everything that counts, by region and site.
    public let total: IndexGroup
    /// Runs that do not count, newest first.
    public let refused: [Refusal]
    /// Against the same total earlier, or why that cannot be said.
    public private(set) var growth: Result<Growth, NoGrowth>

    /// Sums contributions.
    ///
    /// Contributions that are from the future, too old, superseded by a newer one of the same node and class, or part
    /// of a node whose class fractions exceed 1 are moved to `refused`.
    ///
    /// - Parameters:
    ///   - refused: Runs that were refused before; listed along.
    /// - Throws: `CapacityError` when a contribution is under other terms than the snapshot's.
    public init(
        contributions: [Contribution], refused: [Refusal] = [], asOf: Timestamp, policy: ConversionPolicy,
        perimeter: Perimeter, mix: MixID, thresholds: GateThresholds = GateThresholds()
    ) throws(CapacityError) {
        self.asOf = asOf
        terms = CapacityTerms(precision: policy.referencePrecision, policy: policy.id, perimeter: perimeter)
        unit = policy.unit
        self.mix = mix
        self.thresholds = thresholds
        growth = .failure(.noHistory(before: asOf.oneYearEarlier))

        let zero = try Capacity(
            value: 0, randomUncertainty: 0, systematicUncertainty: 0, precision: policy.referencePrecision,
            policy: policy.id, basis: .measured, perimeter: perimeter, asOf: asOf)
        var admission = Admission(asOf: asOf, thresholds: thresholds)
        for contribution in contributions {
            try zero.requireSameTerms(as: contribution.equivalent)
            admission.consider(contribution)
        }
        let (nodes, newlyRefused) = try admission.result()
        total = try IndexGroup(level: .total, name: "all", nodes: nodes, zero: zero)
        self.refused = (refused + newlyRefused).sorted {
            ($1.origin.measuredAt, $0.origin.runID) < ($0.origin.measuredAt, $1.origin.runID)
        }
    }

    /// This snapshot with its growth since an earlier one of the same terms and mix.
    public func comparing(with earlier: IndexSnapshot) -> IndexSnapshot {
        var copy = self
        copy.growth = Result { () throws(NoGrowth) in try growth(since: earlier) }
        return copy
    }

    /// g = C₁ / C₀ − 1 with its uncertainty.
    public func growth(since earlier: IndexSnapshot) throws(NoGrowth) -> Growth {
        guard terms.policy == earlier.terms.policy else {
            throw .policyDiffers(now: terms.policy, before: earlier.terms.policy)
        }
        guard terms.precision == earlier.terms.precision else {
            throw .precisionDiffers(now: terms.precision, before: earlier.terms.precision)
        }
        guard terms.perimeter == earlier.terms.perimeter else {
            throw .perimeterDiffers(now: terms.perimeter, before: earlier.terms.perimeter)
        }
        guard mix == earlier.mix else { throw .mixDiffers(now: mix, before: earlier.mix) }
        guard earlier.total.nodeCount > 0 else { throw .noHistory(before: earlier.asOf) }
        guard earlier.asOf < asOf, let ratio = try? total.capacity.compared(to: earlier.total.capacity) else {
            throw .nothingToCompareWith(before: earlier.asOf)
        }
        return Growth(
            from: earlier.asOf, to: asOf, fraction: ratio.value - 1, uncertainty: ratio.uncertainty,
            nodesBefore: earlier.total.nodeCount, nodesNow: total.nodeCount,
            attribution: earlier.total.factors.flatMap { before in
                total.factors.flatMap { try? GrowthAttribution(from: before, to: $0) }
            })
    }
}

/// Decides which contributions count at a date: one per node and class, the newest that is neither too old nor from
/// the future.
private struct Admission {
    private struct Slot: Hashable {
        var nodeID: String
        var computeClass: ComputeClass
    }

    let asOf: Timestamp
    let thresholds: GateThresholds
    private var newest: [Slot: Contribution] = [:]
    private var refused: [Refusal] = []

    init(asOf: Timestamp, thresholds: GateThresholds) {
        self.asOf = asOf
        self.thresholds = thresholds
    }

    mutating func consider(_ contribution: Contribution) {
        let age = contribution.ageDays(asOf: asOf)
        let ahead = -age * Timestamp.secondsPerDay
        if ahead > thresholds.clockToleranceSeconds {
            refuse(
                contribution,
                [
                    Finding(
                        .time, .reject, .futureMeasurement, found: ahead, limit: thresholds.clockToleranceSeconds)
                ])
            return
        }
        // A data sheet does not expire as a measurement does; its basis says what it is worth.
        if contribution.equivalent.basis == .measured {
            let freshness = thresholds.freshness(ageDays: age)
            guard freshness.verdict != .reject else { return refuse(contribution, freshness.findings) }
        }
        let rejections = contribution.gates.filter { $0.gate != .freshness }.flatMap(\.findings).filter {
            $0.verdict == .reject
        }
        guard rejections.isEmpty else { return refuse(contribution, rejections) }

        let slot = Slot(nodeID: contribution.nodeID, computeClass: contribution.computeClass)
        guard let other = newest[slot] else {
            newest[slot] = contribution
            return
        }
        let isNewer =
            (other.origin.measuredAt, other.origin.runID) < (contribution.origin.measuredAt, contribution.origin.runID)
        newest[slot] = isNewer ? contribution : other
        refuse(isNewer ? other : contribution, [Finding(.identity, .reject, .superseded)])
    }

    private mutating func refuse(_ contribution: Contribution, _ findings: [Finding]) {
        refused.append(Refusal(origin: contribution.origin, findings: findings))
    }

    /// The lines of the index, and what does not count.
    mutating func result() throws(CapacityError) -> ([IndexNode], [Refusal]) {
        var nodes: [IndexNode] = []
        for (_, lines) in Dictionary(grouping: newest.values, by: \.nodeID) {
            let fractions = CompensatedSum(lines.lazy.map(\.classFraction)).value
            guard fractions <= 1 + 1e-9 else {
                for line in lines {
                    refuse(line, [Finding(.identity, .reject, .classFractionsExceedOne, found: fractions, limit: 1)])
                }
                continue
            }
            for line in lines { nodes.append(try node(for: line)) }
        }
        return (nodes, refused)
    }

    private func node(for contribution: Contribution) throws(CapacityError) -> IndexNode {
        let age = contribution.ageDays(asOf: asOf)
        let freshness =
            contribution.equivalent.basis == .measured
            ? thresholds.freshness(ageDays: age) : GateOutcome(.freshness)
        // The freshness found at conversion belongs to another date.
        let flags = contribution.gates.filter { $0.gate != .freshness }.flatMap(\.findings) + freshness.findings
        return IndexNode(
            nodeID: contribution.nodeID, origin: contribution.origin, computeClass: contribution.computeClass,
            measuredPrecision: contribution.measuredPrecision,
            capacity: try contribution.capacity(asOf: asOf, thresholds: thresholds),
            availability: contribution.availability, classFraction: contribution.classFraction,
            converted: contribution.equivalent.value * contribution.classFraction,
            fractionOfPeak: contribution.fractionOfPeak, measuredWith: contribution.measuredWith,
            passedOver: contribution.passedOver, ageDays: age, isStale: freshness.verdict == .flag, flags: flags)
    }
}
