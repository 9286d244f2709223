// SustainedRate.swift: work over time across slices of equal work, with an interval that allows for slices
// that resemble their neighbours, and for visits that found the machine in different moods.

/// The rate at which slices did their work, as an estimate with an interval.
///
/// All slices do the same work, so the rate is work divided by the mean time: the harmonic mean of the slices' rates.
///
/// Slices come in **visits**, runs of consecutive slices with other measurements between them. With two visits or
/// more, the interval is Student's t over the visits' mean times: whatever makes the slices of a visit alike, their
/// correlation or a neighbour who stayed for a minute, is in those means, and nothing of it has to be known. Two, three
/// or four visits give wide intervals (t is 12.7, 4.3 and 3.2), and they have to be. One visit tells nothing of what the
/// next one would find; its interval comes from `LongRunVariance` and speaks of the time of the visit only.
public struct SustainedRate: Sendable, Hashable {
    /// Work per second over all slices.
    public let rate: Double
    /// Bounds of the interval; nil with fewer than two slices. `high` is nil too when the times scatter so much
    /// that the interval of the mean time reaches 0.
    public let low: Double?
    public let high: Double?
    /// Coverage asked for.
    public let level: Double
    /// Means that the interval was made from: of batches of slices with one visit, else of visits.
    public let batches: Int
    /// As a record names the interval's method.
    public let methodName: String

    /// Of one visit.
    public static let methodName = "adjusted-batch-means-t"
    /// Of two visits or more.
    public static let visitsMethodName = "visit-means-t"
    /// Appended to either when sampling ended because the interval was narrow enough.
    public static let stoppedSuffix = "-stopped"

    /// How narrow intervals are looked at: sampling that ends by chance-narrow scatter covers less than it says, so
    /// that an interval which may end it is made for this share of the error that is allowed.
    ///
    /// From simulation (docs/statistics.md): with it, normal visits are covered in 94 to 97 of 100 runs whatever
    /// their spread.
    public static let errorShareWhenStopping = 0.65

    /// One visit.
    ///
    /// - Parameters:
    ///   - work: What each slice did, > 0.
    ///   - seconds: Time per slice in the order of measurement, each > 0. Not empty.
    ///   - level: Coverage of the interval, in (0, 1).
    ///   - mayStop: Whether the interval's width ends the sampling.
    public init(work: Double, seconds: [Double], level: Double = 0.95, mayStop: Bool = false) {
        self.init(work: work, visits: [seconds], level: level, mayStop: mayStop)
    }

    /// - Parameters:
    ///   - work: What each slice did, > 0.
    ///   - visits: Time per slice, each > 0, by visit in the order of measurement; one slice at least. Visits of a
    ///     quarter of the usual number of slices or fewer, as an interrupted one is, count to the visit before them.
    ///   - level: Coverage of the interval, in (0, 1).
    ///   - mayStop: Whether the interval's width ends the sampling.
    /// - Complexity: O(slices).
    public init(work: Double, visits: [[Double]], level: Double = 0.95, mayStop: Bool = false) {
        let visits = Self.joiningStubs(visits.filter { !$0.isEmpty })
        precondition(!visits.isEmpty, "a rate needs at least one slice")
        let slices = visits.reduce(0) { $0 + $1.count }
        let totals = visits.map { CompensatedSum($0).value }
        let mean = CompensatedSum(totals).value / Double(slices)
        rate = work / mean
        self.level = level
        methodName =
            (visits.count > 1 ? Self.visitsMethodName : Self.methodName) + (mayStop ? Self.stoppedSuffix : "")
        let outside = (1 - level) * (mayStop ? Self.errorShareWhenStopping : 1)
        let distance: (below: Double, above: Double)
        if visits.count > 1 {
            batches = visits.count
            distance = Self.distance(totals, counts: visits.map(\.count), level: 1 - outside)
        } else if slices > 1 {
            let variance = LongRunVariance(visits[0])
            batches = variance.batches
            distance = variance.bounds(level: 1 - outside)
        } else {
            batches = 1
            low = nil
            high = nil
            return
        }
        low = work / (mean + distance.above)
        high = distance.below < mean ? work / (mean - distance.below) : nil
    }

    /// Half the interval's width over the rate; nil when a bound is missing.
    public var relativeHalfWidth: Double? {
        guard let low, let high else { return nil }
        return (high - low) / 2 / rate
    }

    /// Student's t over the visits' mean times.
    private static func distance(
        _ totals: [Double], counts: [Int], level: Double
    ) -> (below: Double, above: Double) {
        let means = zip(totals, counts).map { $0 / Double($1) }
        // A visit weighs as many slices as it has. The spread is that of visits, however long: exact where the visits'
        // moods are what differs, too wide by a little where it is the slices and the visits are of unequal length.
        let slices = Double(counts.reduce(0, +))
        let weights = counts.reduce(0) { $0 + Double($1) * Double($1) } / (slices * slices)
        let spread = Moments(means)?.standardDeviation ?? 0
        let t = StudentT(degreesOfFreedom: Double(means.count - 1)).quantile(0.5 + level / 2)
        let half = t * spread * weights.squareRoot()
        return (half, half)
    }

    private static func joiningStubs(_ visits: [[Double]]) -> [[Double]] {
        guard visits.count > 1 else { return visits }
        let usual = visits.map(\.count).sorted()[visits.count / 2]
        var joined: [[Double]] = []
        for visit in visits {
            if !joined.isEmpty, 4 * min(visit.count, joined[joined.count - 1].count) <= usual {
                joined[joined.count - 1] += visit
            } else {
                joined.append(visit)
            }
        }
        return joined
    }
}
