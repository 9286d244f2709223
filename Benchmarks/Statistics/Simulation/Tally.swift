// Tally.swift: counts of simulated successes, with the interval that their number allows.

internal import RealModule
package import SampleStatistics

/// How often something happened in a number of trials.
package struct Tally: Sendable, Hashable {
    package private(set) var hits = 0
    package private(set) var trials = 0

    package init() {}

    package mutating func count(_ hit: Bool) {
        trials += 1
        if hit { hits += 1 }
    }

    package var share: Double { Double(hits) / Double(max(trials, 1)) }

    /// The 95 % interval of the true share.
    ///
    /// - Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
    package var interval: ClosedRange<Double> {
        let (n, z) = (Double(max(trials, 1)), 1.959963984540054)
        let center = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, center - half)...min(1, center + half)
    }
}

/// What became of simulated runs whose true rate is 1.
package struct CoverageTally: Sendable {
    package private(set) var covered = Tally()
    private var halfWidths = 0.0
    private var squaredErrors = 0.0
    private var used = 0

    package init() {}

    /// - Parameter used: Slices or visits that the run took.
    package mutating func count(_ estimate: SustainedRate, used: Int) {
        let (low, high) = (estimate.low ?? 0, estimate.high ?? .infinity)
        covered.count(low <= 1 && 1 <= high)
        // Without an upper bound an interval is as wide as its estimate, to count as something.
        halfWidths += min(1, (high - low) / 2)
        squaredErrors += (estimate.rate - 1) * (estimate.rate - 1)
        self.used += used
    }

    /// Mean, as a share of the rate.
    package var halfWidth: Double { halfWidths / Double(max(covered.trials, 1)) }
    /// Mean half-width over that of an interval made with the true error: 1 cannot be beaten.
    package var excessWidth: Double {
        halfWidth / (1.96 * (squaredErrors / Double(max(covered.trials, 1))).squareRoot())
    }
    package var meanUsed: Double { Double(used) / Double(max(covered.trials, 1)) }
}
