// WorkOverTime.swift: several kernels' times to one rate.
// All work over all time, so that the slow kernel counts for the time it takes; a mean of rates would not.

import SampleStatistics

/// One kernel of a mix: its exact operation count, its time and how often the mix runs it.
public struct KernelTime: Sendable, Hashable {
    /// Operations of one run, > 0.
    public let operations: Double
    /// Seconds of one run, > 0.
    public let seconds: Double
    /// How often the mix runs it, > 0.
    public let multiplicity: Double

    /// Nil when a number is not finite or not above 0.
    public init?(operations: Double, seconds: Double, multiplicity: Double = 1) {
        guard [operations, seconds, multiplicity].allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
        self.operations = operations
        self.seconds = seconds
        self.multiplicity = multiplicity
    }
}

extension Collection<KernelTime> {
    /// S = Σ m W / Σ m t, in operations per second: the weighted harmonic mean of the kernels' rates; nil when empty.
    ///
    /// - Source: J. E. Smith, Characterizing computer performance with a single number, CACM 31 (1988), 1202–1206.
    public var workOverTime: Double? {
        guard !isEmpty else { return nil }
        let work = CompensatedSum(lazy.map { $0.multiplicity * $0.operations }).value
        let time = CompensatedSum(lazy.map { $0.multiplicity * $0.seconds }).value
        return work / time
    }
}
