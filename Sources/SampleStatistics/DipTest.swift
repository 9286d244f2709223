// DipTest.swift: how far a sample is from any distribution with a single mode.

import RealModule

/// Hartigan's dip: the largest distance between a sample's distribution function and the nearest unimodal one.
///
/// A unimodal distribution function is convex up to its mode and concave from there on. One lies within distance d of the
/// sample's if, and only if, the shortest path between the sample's function moved down by d and up by d turns from left
/// to right no more than once; so the dip is found by bisecting on d.
///
/// - Source: J. A. Hartigan, P. M. Hartigan, Ann. Stat. 13 (1985) 70; the path as the one with the fewest modes,
///   P. L. Davies, A. Kovac, Ann. Stat. 29 (2001) 1.
public struct DipTest: Sendable {
    /// Ascending, without equal values.
    let sorted: [Double]

    public static let methodName = "dip"

    /// - Parameter samples: Finite values. Equal ones are spread over half the gap to their nearest neighbour on either
    ///   side, as a clock that counts in steps would have found them.
    /// - Returns: nil with fewer than four values, or when all are equal.
    public init?(_ samples: [Double]) {
        guard samples.count >= 4, let order = OrderStatistics(samples)?.sorted, order[0] < order[order.count - 1]
        else { return nil }
        sorted = Self.spreadingTies(order)
    }

    /// The dip, in [1/(2n), 1/4], to 10⁻⁹.
    ///
    /// - Complexity: O(*n*), about 30 passes.
    public var dip: Double {
        var low = 0.5 / Double(sorted.count)
        var high = 0.25
        while high - low > 1e-9 {
            let middle = (low + high) / 2
            if isUnimodal(within: middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// √n · dip that 1 of 100 uniform samples exceeds: the uniform distribution is, of all unimodal ones, the hardest to
    /// tell from two modes. Between the tabulated sizes it is interpolated in log n.
    ///
    /// - Parameter count: Size of the sample; fractions are what correlation leaves of it.
    public static func criticalValue(count: Double) -> Double {
        let table = criticalValues
        guard let above = table.firstIndex(where: { $0.count >= count }) else { return table[table.count - 1].value }
        guard above > 0 else { return table[0].value }
        let (left, right) = (table[above - 1], table[above])
        let share = Double.log(count / left.count) / Double.log(right.count / left.count)
        return left.value + share * (right.value - left.value)
    }

    /// From 12 000 samples (n = 4000) to 200 000 (n = 10); a test draws others.
    private static let criticalValues: [(count: Double, value: Double)] = [
        (10, 0.505), (20, 0.539), (50, 0.574), (100, 0.592), (200, 0.605), (500, 0.611), (1000, 0.620), (2000, 0.621),
        (4000, 0.632),
    ]

    /// Whether some unimodal distribution function stays within `distance` of the sample's.
    ///
    /// - Complexity: O(*n*).
    func isUnimodal(within distance: Double) -> Bool {
        let count = Double(sorted.count)
        // At each value the path has to be below the lower edge of the step and above its upper one, moved apart.
        func above(_ index: Int) -> Double { (Double(index) + 1) / count - distance }
        func below(_ index: Int) -> Double { Double(index) / count + distance }
        var path = ShortestPath(x: sorted[0], y: distance)
        for index in 1..<sorted.count - 1 {
            path.pass(x: sorted[index], above: above(index), below: below(index))
        }
        path.finish(x: sorted[sorted.count - 1], y: 1 - distance)
        return path.turnsOnce
    }

    private static func spreadingTies(_ sorted: [Double]) -> [Double] {
        var spread = sorted
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
            if end - start > 1 {
                let left = start > 0 ? sorted[start] - sorted[start - 1] : .infinity
                let right = end < sorted.count ? sorted[end] - sorted[start] : .infinity
                let gap = min(left, right) / 2
                for index in start..<end {
                    let share = (Double(index - start) + 0.5) / Double(end - start) - 0.5
                    spread[index] = sorted[start] + 2 * gap * share
                }
            }
            start = end
        }
        return spread
    }
}

/// The shortest path from left to right between two chains of points, made vertex by vertex.
///
/// Two chains leave its last vertex: under all upper points the tightest convex one, over all lower points the tightest
/// concave one. When a new point crosses the other chain, the path has to follow that one.
private struct ShortestPath {
    private struct Point {
        var x: Double
        var y: Double
        func slope(to other: Point) -> Double { (other.y - y) / (other.x - x) }
    }

    /// Chains behind the apex; `firstUpper` and `firstLower` skip what the path has already passed.
    private var apex: Point
    private var upper: [Point] = []
    private var lower: [Point] = []
    private var firstUpper = 0
    private var firstLower = 0
    private var lastSlope = -Double.infinity
    private var hasTurned = false
    /// Whether the path turned left first and right from some vertex on.
    private(set) var turnsOnce = true

    init(x: Double, y: Double) { apex = Point(x: x, y: y) }

    mutating func pass(x: Double, above: Double, below: Double) {
        addUpper(Point(x: x, y: below))
        addLower(Point(x: x, y: above))
    }

    mutating func finish(x: Double, y: Double) {
        addUpper(Point(x: x, y: y))
        while firstUpper < upper.count { step(to: upper[firstUpper]); firstUpper += 1 }
    }

    private mutating func addUpper(_ point: Point) {
        // Convex from the apex: drop vertices that the new point makes superfluous.
        while upper.count > firstUpper {
            let last = upper[upper.count - 1]
            let before = upper.count - 1 > firstUpper ? upper[upper.count - 2] : apex
            guard before.slope(to: last) >= before.slope(to: point) else { break }
            upper.removeLast()
        }
        if upper.count == firstUpper {
            // The new point is the chain; as long as it lies under the lower chain's first edge, that edge is path.
            while firstLower < lower.count, apex.slope(to: point) < apex.slope(to: lower[firstLower]) {
                step(to: lower[firstLower])
                firstLower += 1
            }
            upper.removeAll(keepingCapacity: true)
            firstUpper = 0
        }
        upper.append(point)
    }

    private mutating func addLower(_ point: Point) {
        while lower.count > firstLower {
            let last = lower[lower.count - 1]
            let before = lower.count - 1 > firstLower ? lower[lower.count - 2] : apex
            guard before.slope(to: last) <= before.slope(to: point) else { break }
            lower.removeLast()
        }
        if lower.count == firstLower {
            while firstUpper < upper.count, apex.slope(to: point) > apex.slope(to: upper[firstUpper]) {
                step(to: upper[firstUpper])
                firstUpper += 1
            }
            lower.removeAll(keepingCapacity: true)
            firstLower = 0
        }
        lower.append(point)
    }

    private mutating func step(to point: Point) {
        let slope = apex.slope(to: point)
        let tolerance = 1e-10 * abs(lastSlope)
        if slope < lastSlope - tolerance { hasTurned = true }
        if slope > lastSlope + tolerance, hasTurned { turnsOnce = false }
        lastSlope = slope
        apex = point
    }
}
