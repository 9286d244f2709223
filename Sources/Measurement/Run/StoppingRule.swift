// StoppingRule.swift: decides after each batch of slices, and after each visit, whether to go on. Pure, so that it is
// tested without a clock.

package import SampleStatistics

/// When sampling ends, within a visit and over all visits to a kernel.
///
/// An interval that may end the sampling is made for a smaller error than the one that is reported of runs which ended
/// otherwise (`SustainedRate.errorShareWhenStopping`), since among many looks one is narrow by chance.
package struct StoppingRule: Sendable {
    package let limits: SamplingLimits

    /// Fewer visits do not end because of their interval: by chance, two or three agree too often.
    package static let fewestVisits = 5

    package init(limits: SamplingLimits) { self.limits = limits }

    /// Whether a single visit ends.
    ///
    /// - Parameters:
    ///   - seconds: Times of the slices so far.
    ///   - signal: The stop signal that was received, or 0.
    /// - Returns: nil to go on.
    package func end(afterSlices seconds: [Double], signal: Int32) -> SamplingEnd? {
        end([seconds], mayReachTarget: true, signal: signal)
    }

    /// Whether the visits to a kernel end; asked after each of them.
    ///
    /// - Parameters:
    ///   - visits: Times of the slices so far, by visit.
    ///   - signal: The stop signal that was received, or 0.
    /// - Returns: nil to visit again.
    package func end(afterVisits visits: [[Double]], signal: Int32) -> SamplingEnd? {
        end(visits, mayReachTarget: visits.count >= Self.fewestVisits, signal: signal)
    }

    /// The rate with the interval that holds at the end of a run.
    ///
    /// - Parameters:
    ///   - work: What each slice did, > 0.
    ///   - visits: Times of the slices, by visit, in the order of measurement; one slice at least.
    ///   - end: Why sampling ended: an interval that ended it is the one that was narrow enough.
    package static func rate(
        work: Double, visits: [[Double]], end: SamplingEnd, level: Double = 0.95
    ) -> SustainedRate {
        SustainedRate(work: work, visits: visits, level: level, mayStop: end == .intervalReached)
    }

    private func end(_ visits: [[Double]], mayReachTarget: Bool, signal: Int32) -> SamplingEnd? {
        if signal != 0 { return .interrupted(signal: signal) }
        let slices = visits.reduce(0) { $0 + $1.count }
        guard slices >= limits.minimumSamples else { return nil }
        let total = visits.reduce(0) { $1.reduce($0, +) }
        // A fast node fits thousands of products into the time that gate G4 asks for.
        guard total >= limits.minimumSeconds else { return nil }
        if mayReachTarget,
            let width = SustainedRate(work: 1, visits: visits, mayStop: true).relativeHalfWidth,
            width <= limits.targetHalfWidth
        {
            return .intervalReached
        }
        if slices >= limits.maximumSamples { return .sampleLimit }
        return total >= limits.budgetSeconds ? .budgetSpent : nil
    }
}
