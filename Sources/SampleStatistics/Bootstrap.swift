// Bootstrap.swift: how far a statistic would move if the samples had been drawn again.
// Plain resampling: samples count as independent. Drift within a run makes them alike, and the result too small then.

/// Draws samples again, with replacement, within each group.
public struct Bootstrap: Sendable {
    /// How many times the statistic is computed, ≥ 2. 2000 leave an error of 1/√4000 = 1.6 % on a standard deviation.
    public var replicates: Int
    public var seed: UInt64

    public init(replicates: Int = 2000, seed: UInt64) {
        precondition(replicates >= 2, "a standard deviation needs two replicates")
        self.replicates = replicates
        self.seed = seed
    }

    /// The bootstrap standard error of a statistic of one or more groups of samples.
    ///
    /// Each replicate draws every group again at its own size. Equal input and seed give equal output, on every
    /// machine.
    ///
    /// - Parameters:
    ///   - groups: Samples by group, none of them empty.
    ///   - statistic: Called with groups of the same sizes; returns a finite number.
    /// - Returns: The standard deviation (n − 1) of the replicates; nil with an empty group, without groups, or when
    ///   the statistic is not finite.
    /// - Complexity: `replicates` calls of `statistic`, one buffer for all of them.
    /// - Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap, 1993, algorithm 6.1.
    public func standardError(of groups: [[Double]], _ statistic: ([[Double]]) -> Double) -> Double? {
        guard !groups.isEmpty, groups.allSatisfy({ !$0.isEmpty }) else { return nil }
        var generator = SeededGenerator(seed: seed)
        var drawn = groups
        // Welford's update keeps the digits of a small spread around a large mean.
        var mean = 0.0
        var squares = 0.0
        for count in 1...replicates {
            for (index, group) in groups.enumerated() {
                for position in group.indices { drawn[index][position] = group[generator.index(below: group.count)] }
            }
            let value = statistic(drawn)
            let difference = value - mean
            mean += difference / Double(count)
            squares += difference * (value - mean)
        }
        let error = (squares / Double(replicates - 1)).squareRoot()
        return error.isFinite ? error : nil
    }
}
