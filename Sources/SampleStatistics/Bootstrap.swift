// Bootstrap.swift: how far a statistic would move if the samples had been drawn again.

import RealModule

/// Samples of one kind, in clusters: what is alike within a cluster does not count as told several times.
public struct ClusteredSamples: Sendable, Hashable {
    public let clusters: [[Double]]

    /// - Parameter sizes: Samples per cluster, in the order of `values`. Where they give no two clusters that make up all of
    ///   `values`, each sample counts as independent.
    public init(_ values: [Double], sizes: [Int] = []) {
        let sizes = sizes.filter { $0 > 0 }
        guard sizes.count > 1, sizes.reduce(0, +) == values.count else {
            clusters = values.map { [$0] }
            return
        }
        var start = 0
        clusters = sizes.map { size in
            defer { start += size }
            return Array(values[start..<start + size])
        }
    }
}

/// Draws clusters of samples again, with replacement, within each kind.
public struct Bootstrap: Sendable {
    /// How many times the statistic is computed, ≥ 2. 2000 leave an error of 1/√4000 = 1.6 % on a standard deviation.
    public var replicates: Int
    public var seed: UInt64

    public init(replicates: Int = 2000, seed: UInt64) {
        precondition(replicates >= 2, "a standard deviation needs two replicates")
        self.replicates = replicates
        self.seed = seed
    }

    /// The bootstrap standard uncertainty of a statistic of one or more kinds of samples.
    ///
    /// Each replicate draws k − 1 of a kind's k clusters, which makes the variance of a mean the unbiased one. The result
    /// is widened by t(k − 1) over the normal quantile, k of the kind with fewest: ± 1.96 times it then holds 95 % although
    /// few clusters tell their spread badly. Equal input and seed give equal output, on every machine.
    ///
    /// - Parameters:
    ///   - kinds: None without samples.
    ///   - statistic: Called with the samples of each kind; returns a finite number.
    /// - Returns: nil without kinds, with one that has fewer than two clusters, or when the statistic is not finite.
    /// - Complexity: `replicates` calls of `statistic`.
    /// - Source: P. J. McCarthy, C. B. Snowden, The Bootstrap and Finite Population Sampling, 1985; J. N. K. Rao,
    ///   C. F. J. Wu, J. Am. Stat. Assoc. 83 (1988) 231.
    public func standardUncertainty(of kinds: [ClusteredSamples], _ statistic: ([[Double]]) -> Double) -> Double? {
        guard let fewest = kinds.map(\.clusters.count).min(), fewest > 1 else { return nil }
        var generator = SeededGenerator(seed: seed)
        var drawn = kinds.map { _ in [Double]() }
        // Welford's update keeps the digits of a small spread around a large mean.
        var mean = 0.0
        var squares = 0.0
        for count in 1...replicates {
            for (index, kind) in kinds.enumerated() {
                drawn[index].removeAll(keepingCapacity: true)
                for _ in 1..<kind.clusters.count {
                    drawn[index] += kind.clusters[generator.index(below: kind.clusters.count)]
                }
            }
            let value = statistic(drawn)
            let difference = value - mean
            mean += difference / Double(count)
            squares += difference * (value - mean)
        }
        let error = (squares / Double(replicates - 1)).squareRoot()
        let quantile = StudentT(degreesOfFreedom: Double(fewest - 1)).quantile(0.975)
        return error.isFinite ? error * quantile / NormalDistribution.quantile(0.975) : nil
    }
}
