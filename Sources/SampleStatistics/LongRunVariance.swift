// LongRunVariance.swift: how far the mean of a series whose values resemble their neighbours may be from the truth.

import RealModule

/// The variance of a stationary series' mean, and how many degrees of freedom that estimate is worth.
///
/// Three steps, each of which takes what the one before left:
///
/// 1. At most `batchLimit` means of consecutive values, so that what the first step of the correlation says of the
///    series does not depend on its length.
/// 2. Prewhitening: the first-order autoregression of these means is estimated, freed of its bias, and taken out.
/// 3. The long-run variance of what remains, from its projections onto the slowest cosines. It is given back what the
///    prewhitening took, a factor 1/(1 − φ)².
///
/// The error of φ counts: it is added to the variance 2/ν of the logarithm of a variance on ν degrees of freedom, and
/// the sum is read as degrees of freedom again. A short, strongly correlated series ends with one or two of them, and
/// an interval as wide as it has to be.
///
/// - Source: prewhitening, D. W. K. Andrews, J. C. Monahan, Econometrica 60 (1992) 953; cosines, U. K. Müller,
///   J. Econometrics 141 (2007) 1331, and E. Lazarus et al., J. Bus. Econ. Stat. 36 (2018) 541; bias of φ, M. G. Kendall,
///   Biometrika 41 (1954) 403. Their combination is our own; docs/statistics.md has its coverage.
struct LongRunVariance {
    /// Square of the mean's standard error.
    let ofMean: Double
    let degreesOfFreedom: Double
    /// Of the mean, as far as the batch means tell; 0 with too few of them.
    let skewness: Double
    /// Means that it was made from.
    let batches: Int

    static let batchLimit = 64
    /// Fewer values do not tell correlation from chance; they are taken as independent.
    static let fewestForCorrelation = 10
    static let cosines = 16
    /// The delta method says 4 Var(φ)/(1 − φ)². Half of it covers best in simulation: the gain grows faster than φ, so
    /// that its errors lie on the wide side.
    static let weightOfDoubt = 2.0
    /// A series that leans on its neighbours more than this has no mean worth an interval in its length.
    static let largestCorrelation = 0.95

    /// - Parameter series: Two values or more, in the order of measurement.
    init(_ series: [Double]) {
        precondition(series.count > 1, "one value has no spread")
        let means = batchMeans(series, atMost: Self.batchLimit)
        let count = means.count
        let center = CompensatedSum(means).value / Double(count)
        let deviations = means.map { $0 - center }
        batches = count
        let squares = deviations.reduce(0) { $0 + $1 * $1 }
        guard count >= Self.fewestForCorrelation, squares > 0 else {
            ofMean = squares / Double(count - 1) / Double(count)
            degreesOfFreedom = Double(count - 1)
            skewness = 0
            return
        }
        let neighbours = zip(deviations, deviations.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        // E(r) = φ − (1 + 4φ)/m, to first order.
        let unbiased = (Double(count) * neighbours / squares + 1) / Double(count - 4)
        let correlation = min(max(unbiased, 0), Self.largestCorrelation)
        let rest = zip(deviations, deviations.dropFirst()).map { $1 - correlation * $0 }
        let terms = min(Self.cosines, rest.count - 1)
        let remaining = cosineVariance(rest, terms: terms)
        let gain = 1 / (1 - correlation)
        ofMean = remaining * gain * gain / Double(count)
        let doubtOfCorrelation = Self.weightOfDoubt * gain * gain * (1 - correlation * correlation) / Double(count)
        degreesOfFreedom = max(1, 2 / (2 / Double(terms) + doubtOfCorrelation))
        let cubes = deviations.reduce(0) { $0 + $1 * $1 * $1 }
        let variance = squares / Double(count)
        let ofMeans = cubes / Double(count) / (variance * variance.squareRoot())
        skewness = ofMeans * Double(count - 1).squareRoot() / Double(count - 2)
    }

    /// By how much the true mean may lie below and above the estimate, at Student's t for `level`.
    ///
    /// With skewed values the interval reaches further to the side of the long tail, where one value that did not come
    /// would have moved the mean.
    ///
    /// - Source: R. Willink, Commun. Stat. Theory Methods 34 (2005) 753.
    func bounds(level: Double) -> (below: Double, above: Double) {
        let error = ofMean.squareRoot()
        let t = StudentT(degreesOfFreedom: degreesOfFreedom).quantile(0.5 + level / 2)
        let beta = skewness / 6
        guard abs(beta) > 1e-6 else { return (t * error, t * error) }
        func adjusted(_ t: Double) -> Double { (Double.root(1 + 6 * beta * (t - beta), 3) - 1) / (2 * beta) }
        return (adjusted(t) * error, -adjusted(-t) * error)
    }
}

/// Means of runs of consecutive values that differ in length by one at most; the values themselves where there are no
/// more than `limit`.
func batchMeans(_ series: [Double], atMost limit: Int) -> [Double] {
    guard series.count > limit else { return series }
    return (0..<limit).map { batch in
        let values = series[batch * series.count / limit..<(batch + 1) * series.count / limit]
        return CompensatedSum(values).value / Double(values.count)
    }
}

/// Mean square of the projections onto the `terms` slowest cosines; with all n − 1 of them, the sample variance.
///
/// - Complexity: O(*n* · `terms`).
private func cosineVariance(_ values: [Double], terms: Int) -> Double {
    let count = Double(values.count)
    var sum = 0.0
    for term in 1...terms {
        // cos((i + ½) θ) by its recurrence 2 cos θ cos((i + ½) θ) − cos((i − ½) θ).
        let angle = Double.pi * Double(term) / count
        let twice = 2 * Double.cos(angle)
        var before = Double.cos(angle / 2)
        var cosine = before
        var projection = 0.0
        for value in values {
            projection += value * cosine
            (before, cosine) = (cosine, twice * cosine - before)
        }
        sum += projection * projection
    }
    return sum * 2 / count / Double(terms)
}
