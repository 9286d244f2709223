// StoppingRule.swift: decides after each batch of slices whether to go on. Pure, so that it is tested without a clock.

import SampleStatistics

package struct StoppingRule: Sendable {
    package let limits: SamplingLimits

    package init(limits: SamplingLimits) { self.limits = limits }

    /// - Parameters:
    ///   - seconds: Times of the slices so far.
    ///   - signal: The stop signal that was received, or 0.
    /// - Returns: nil to go on.
    package func end(afterSlices seconds: [Double], signal: Int32) -> SamplingEnd? {
        if signal != 0 { return .interrupted(signal: signal) }
        guard seconds.count >= limits.minimumSamples else { return nil }
        let total = CompensatedSum(seconds).value
        // A fast node fits thousands of products into the time that gate G4 asks for.
        guard total >= limits.minimumSeconds else { return nil }
        if seconds.count >= limits.maximumSamples { return .sampleLimit }
        if let width = SustainedRate(work: 1, seconds: seconds).relativeHalfWidth, width <= limits.targetHalfWidth {
            return .intervalReached
        }
        return total >= limits.budgetSeconds ? .budgetSpent : nil
    }
}
