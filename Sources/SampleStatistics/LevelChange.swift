// LevelChange.swift: where a series of slice times moves to another level and stays there.

import RealModule

/// One move of a series from one level to another.
///
/// The series becomes at most `batchLimit` medians, and these their normal scores, so that no outlier counts for more
/// than its place. Every cut is judged by how much better a first-order autoregression fits with two levels than with
/// one, so that correlation alone makes no change of level. The best cut has to pass two thresholds: twice the
/// logarithm of that likelihood ratio, which asks for a step rather than a slope; and Wald's statistic, the squared
/// difference of the levels over the long-run variance, which a long swing of strongly correlated slices does not
/// reach. The parts on both sides are then judged the same way.
///
/// - Source: likelihood ratio of an unknown cut, R. E. Quandt, J. Am. Stat. Assoc. 55 (1960) 324; Wald's statistic of
///   one, D. W. K. Andrews, Econometrica 61 (1993) 821; several cuts, L. Vostrikova, Sov. Math. Dokl. 24 (1981) 55. The
///   thresholds are from simulation, for false alarms in 1 to 2 of 100 series; docs/statistics.md has their record.
public struct LevelChange: Sendable, Hashable {
    /// Index of the first slice on the new level.
    public let position: Int
    /// Medians from the change before to this one, and from here to the next.
    public let before: Double
    public let after: Double

    /// How much the level rose, as a share of the level before; below 0 when it fell.
    public var relativeChange: Double { after / before - 1 }

    static let batchLimit = 200
    /// Of medians on either side of a cut.
    static let fewest = 4
    /// Shorter series have no verdict.
    public static let fewestSlices = 20

    /// - Parameters:
    ///   - series: Positive finite values in the order of measurement.
    ///   - most: Changes to look for; the clearest are found first.
    /// - Returns: In the order of the series; empty with fewer than `fewestSlices`.
    /// - Complexity: O(*n* log *n*).
    public static func changes(in series: [Double], most: Int = 3) -> [LevelChange] {
        let size = (series.count + batchLimit - 1) / batchLimit
        guard series.count >= fewestSlices, series.allSatisfy(\.isFinite) else { return [] }
        let medians = stride(from: 0, to: series.count - size + 1, by: size).map { start in
            let values = series[start..<start + size].sorted()
            return (values[(size - 1) / 2] + values[size / 2]) / 2
        }
        var parts = [Part(medians, 0..<medians.count)]
        var cuts: [Int] = []
        while cuts.count < most {
            let clearest = parts.indices.max { parts[$0].evidence < parts[$1].evidence }
            guard let index = clearest, let cut = parts[index].cut else { break }
            cuts.append(cut)
            let range = parts[index].range
            // The batch on either side may be a mixture of both levels.
            let margin = size > 1 ? 1 : 0
            parts[index] = Part(medians, range.lowerBound..<cut - margin)
            parts.append(Part(medians, cut + margin..<range.upperBound))
        }
        return levels(of: series, cutAt: cuts.sorted(), batch: size)
    }

    /// Finds the slice within the batches around each cut, and the levels between.
    private static func levels(of series: [Double], cutAt cuts: [Int], batch: Int) -> [LevelChange] {
        var edges = [0] + cuts.map { $0 * batch } + [series.count]
        func median(_ part: Int) -> Double {
            OrderStatistics(Array(series[edges[part]..<edges[part + 1]]))?.median ?? .nan
        }
        if batch > 1 {
            for cut in 1..<edges.count - 1 {
                let (before, after) = (median(cut - 1), median(cut))
                // The least sum of absolute deviations from both levels, one batch to either side.
                var sum = 0.0
                var best = (sum: Double.infinity, position: edges[cut])
                for position in edges[cut] - batch...min(edges[cut] + batch, series.count - 1) {
                    if sum < best.sum { best = (sum, position) }
                    sum += abs(series[position] - before) - abs(series[position] - after)
                }
                edges[cut] = best.position
            }
        }
        return (1..<edges.count - 1).map { cut in
            LevelChange(position: edges[cut], before: median(cut - 1), after: median(cut))
        }
    }
}

/// A stretch of the medians, with its best cut.
private struct Part {
    let range: Range<Int>
    /// First median of the new level; nil when none is clear enough.
    private(set) var cut: Int?
    /// The smaller of the two statistics over their threshold; 0 without a cut.
    private(set) var evidence = 0.0

    /// Half as many medians again are judged by themselves.
    private static let fewestForHalves = 80
    /// Added to the threshold for the halves, of which there are three; more of it where correlation makes swings.
    private static let thresholdForHalves = 3.0

    init(_ medians: [Double], _ range: Range<Int>) {
        self.range = range
        judge(medians, range, added: 0)
        guard cut == nil, range.count >= Self.fewestForHalves else { return }
        // A level that is left and found again makes no good cut in the whole, but one in some half.
        for quarter in 0...2 {
            let start = range.lowerBound + quarter * range.count / 4
            judge(medians, start..<start + range.count / 2, added: Self.thresholdForHalves)
        }
    }

    private mutating func judge(_ medians: [Double], _ part: Range<Int>, added: Double) {
        guard part.count >= LevelChange.fewestSlices, let best = Scores(Array(medians[part])).bestCut() else { return }
        let share = min(best.likelihoodRatio, best.wald) / (best.threshold + added * (1 + 2 * best.correlation))
        if share > max(1, evidence) {
            evidence = share
            cut = part.lowerBound + best.position
        }
    }
}

private struct Cut {
    var position: Int
    var likelihoodRatio: Double
    var wald: Double
    /// Lag-one correlation around the two levels, its bias taken off; in [0, 0.97].
    var correlation: Double

    /// Exceeded by chance in 1 to 2 of 100 series: 13 without correlation, 15.5 from a correlation of 0.25 on.
    var threshold: Double { 13 + 10 * min(correlation, 0.25) }
}

/// Normal scores with the running sums that give each cut's fit in constant time.
private struct Scores {
    private let values: [Double]
    /// Of the values, their squares, and the products of neighbours, up to each index.
    private var sums = [0.0]
    private var squares = [0.0]
    private var products = [0.0]

    init(_ series: [Double]) {
        values = normalScores(series)
        for (index, value) in values.enumerated() {
            sums.append(sums[index] + value)
            squares.append(squares[index] + value * value)
            products.append(products[index] + (index > 0 ? value * values[index - 1] : 0))
        }
    }

    func bestCut() -> Cut? {
        let count = values.count
        let alone = fit(cut: count).innovations
        guard alone > 0 else { return nil }
        let cuts = LevelChange.fewest...count - LevelChange.fewest
        let fits = cuts.map { fit(cut: $0) }
        guard let best = fits.indices.min(by: { fits[$0].innovations < fits[$1].innovations }) else { return nil }
        let position = cuts.lowerBound + best
        let chosen = fits[best]
        let size = Double(count)
        // A residual of 0 is a clean step; a ratio of 10⁻¹² says so well enough.
        let ratio = size * Double.log(alone / max(chosen.innovations, 1e-12 * alone))
        let unbiased = (size * chosen.correlation + 2) / (size - 8)
        let correlation = min(max(unbiased, 0), 0.97)
        let weight = 1 / Double(position) + 1 / Double(count - position)
        let longRun = max(chosen.residual, 1e-12 * alone) / (size - 2) * (1 + correlation) / (1 - correlation)
        return Cut(
            position: position, likelihoodRatio: ratio, wald: chosen.step * chosen.step / (longRun * weight),
            correlation: correlation)
    }

    /// Two levels, one before `cut` and one from there on; one level with `cut` at the end.
    private func fit(cut: Int) -> (innovations: Double, residual: Double, correlation: Double, step: Double) {
        let count = values.count
        let first = sums[cut] / Double(cut)
        let second = cut < count ? (sums[count] - sums[cut]) / Double(count - cut) : first
        let explained = Double(cut) * first * first + Double(count - cut) * second * second
        let residual = squares[count] - explained
        guard residual > 1e-12 * squares[count] else { return (0, 0, 0, second - first) }
        var neighbours = lagged(0..<cut, around: first)
        if cut < count {
            neighbours += lagged(cut..<count, around: second) + (values[cut - 1] - first) * (values[cut] - second)
        }
        let correlation = neighbours / residual
        return (residual * (1 - correlation * correlation), residual, correlation, second - first)
    }

    /// Σ (x_i − level)(x_{i+1} − level) within a range.
    private func lagged(_ range: Range<Int>, around level: Double) -> Double {
        let (start, end) = (range.lowerBound, range.upperBound)
        let ends = 2 * (sums[end] - sums[start]) - values[start] - values[end - 1]
        return products[end] - products[start + 1] - level * ends + Double(range.count - 1) * level * level
    }
}
