// ConversionPolicy+Choice.swift: which one of a node's rates counts.

/// The converted rate of one precision; deliberately without arithmetic, since two of one node are the same silicon.
public struct Equivalent: Sendable, Hashable {
    /// The precision that was measured.
    public let precision: Precision
    /// E = w · S in the policy's unit.
    public let value: Double
    /// True when the class asked for a precision that the policy does not weigh, and the policy's own stood in.
    public let usedPolicyPrecision: Bool
}

/// Why none of a node's rates counts.
public enum NoEquivalent: Error, Sendable, Hashable {
    /// The node has no rate for any of these, which are what the policy counts for its class.
    case notMeasured(wanted: [Precision])
}

extension ConversionPolicy {
    /// E = w · S for one precision; nil without a weight or for a rate that is not a finite number above 0.
    public func converted(_ rate: Double, of precision: Precision) -> Double? {
        guard let weight = weights[precision], rate.isFinite, rate > 0 else { return nil }
        return weight * rate
    }

    /// The precisions that could stand for a node of a class under this policy, in groups, the preferred group first.
    ///
    /// Within a group the larger converted rate counts. FP32 stands for general, FP16 or BF16 and failing them FP32
    /// for intelligent, FP64 for super computing. When the policy weighs none of the preferred group, its own
    /// precision stands in, flagged.
    public func candidates(for computeClass: ComputeClass) -> (groups: [[Precision]], usesPolicyPrecision: Bool) {
        if selection == .max { return ([Precision.allCases.filter { weights[$0] != nil }], false) }
        let wanted = computeClass.representatives
        let weighed = wanted.map { group in group.filter { weights[$0] != nil } }
        guard weighed[0].isEmpty else { return (weighed.filter { !$0.isEmpty }, false) }
        // A policy's own precision brings along those it weighs alike: FP16 and BF16 under h100eq.
        let own = Precision.allCases.filter { $0 == referencePrecision || isTwin($0, of: referencePrecision) }
        return ([own], true)
    }

    private func isTwin(_ precision: Precision, of other: Precision) -> Bool {
        let halves: Set<Precision> = [.fp16, .bf16]
        return halves.contains(precision) && halves.contains(other) && weights[precision] == weights[other]
    }

    /// The one converted rate that stands for a node.
    ///
    /// - Parameter rates: Measured rates per precision; those that are not finite and above 0 count as not measured.
    /// - Throws: `NoEquivalent.notMeasured` with the precisions that would have counted.
    public func equivalent(
        of rates: [Precision: Double], as computeClass: ComputeClass
    ) throws(NoEquivalent) -> Equivalent {
        let (groups, usesPolicyPrecision) = candidates(for: computeClass)
        for group in groups {
            var best: Equivalent?
            for precision in group {
                guard let rate = rates[precision], let value = converted(rate, of: precision) else { continue }
                if let best, best.value >= value { continue }
                best = Equivalent(precision: precision, value: value, usedPolicyPrecision: usesPolicyPrecision)
            }
            if let best { return best }
        }
        throw .notMeasured(wanted: groups.flatMap { $0 })
    }
}
