// FixedPoint.swift: sums of doubles as a few 64-bit integers, without rounding, for numbers of bounded magnitudes.
// The processor's own addition cuts a double into whole multiples: no shifts, carries or branches, eight words a group.

/// The last bits of the integers that a group's sums are kept in.
///
/// **Cutting.** Adding a number *x*, |*x*| ≤ 2^(*e* + 50), to the constant 1.5 · 2^(*e* + 52) rounds it to a whole
/// multiple of 2^*e*: the result lies where doubles have just that spacing, and its bit pattern is the constant's plus
/// the multiple. What was rounded away, at most 2^(*e* − 1), is itself a double and is cut further at a lower *e*.
///
/// **Bounds.** Let no group have 2^*k* rows, and let *B* = min(50, 63 − *k*). A multiple of at most 2^*B* is added less
/// than 2^*k* times, so that the sum of multiples stays below 2^63 and a word that wraps around still tells it. With
/// *l* and *h* the lowest and highest exponents in a column, the last cut is at *e* = *l* − 52: all its numbers are
/// multiples of 2^(*l* − 52), so that nothing is left over. Each cut before is *B* + 1 higher, as what it leaves is at
/// most 2^(*e* − 1). The first must take 2^(*h* + 1): two cuts do for *h* − *l* ≤ 2 *B* − 52 and three for ≤ 3 *B* − 51.
/// Values and systematic uncertainties have two, squares of random ones, whose exponents span twice as far, three. With
/// up to 8191 rows a group that lets values span 14 orders of magnitude, and random uncertainties as well; with up to
/// sixteen million, 7 and 9.
///
/// - Source: S. M. Rump, T. Ogita, S. Oishi, Accurate floating-point summation part I, SIAM J. Sci. Comput. 31 (2008),
///   189–224, algorithm 3.2 (ExtractVector); the sums of the extracted parts are integers here, and not doubles.
struct FixedPoint: Sendable {
    /// Of value and systematic uncertainty, the first cut and the last.
    let high: SIMD2<Double>
    let low: SIMD2<Double>
    /// Of the square of the random uncertainty, from the first cut on.
    let squareHigh: Double
    let squareMiddle: Double
    let squareLow: Double

    /// Nil when the columns' numbers lie too far apart, or an `ExactSum` would round one of them.
    init?(_ columns: LineColumns, mostRows: Int) {
        let bits = min(50, 63 - (Int.bitWidth - mostRows.leadingZeroBitCount))
        let step = bits + 1
        guard let value = Self.lastBit(columns.valueExponents.range, span: 2 * bits - 52),
            let systematic = Self.lastBit(columns.systematicExponents.range, span: 2 * bits - 52),
            let square = Self.lastBit(columns.randomExponents.ofSquares, span: 3 * bits - 51)
        else { return nil }
        low = SIMD2(Self.cut(at: value), Self.cut(at: systematic))
        high = SIMD2(Self.cut(at: value + step), Self.cut(at: systematic + step))
        squareLow = Self.cut(at: square)
        squareMiddle = Self.cut(at: square + step)
        squareHigh = Self.cut(at: square + 2 * step)
    }

    /// Exponent of the last bit of numbers with these biased exponents; nil if they span more.
    private static func lastBit(_ exponents: ClosedRange<Int>?, span: Int) -> Int? {
        // Of zeros alone: any will do.
        guard let exponents else { return 0 }
        let lastBit = exponents.lowerBound - 1075
        // That it is not below the last bit of an exact sum excludes subnormals, too.
        guard exponents.upperBound - exponents.lowerBound <= span, lastBit >= ExactSum.lowestExponent else {
            return nil
        }
        return lastBit
    }

    private static func cut(at exponent: Int) -> Double {
        Double(sign: .plus, exponent: exponent + 52, significand: 1.5)
    }

    func total(_ sums: FixedPointTotal) throws(AggregationError) -> CapacityTotal {
        var value = ExactSum()
        try add(sums.high[0], cut: high[0], of: sums, to: &value)
        try add(sums.low[0], cut: low[0], of: sums, to: &value)
        var systematic = ExactSum()
        try add(sums.high[1], cut: high[1], of: sums, to: &systematic)
        try add(sums.low[1], cut: low[1], of: sums, to: &systematic)
        var square = ExactSum()
        try add(sums.square[0], cut: squareHigh, of: sums, to: &square)
        try add(sums.square[1], cut: squareMiddle, of: sums, to: &square)
        try add(sums.squareLowAndCount[0], cut: squareLow, of: sums, to: &square)
        return CapacityTotal(
            valueSum: value, randomSquaredSum: square, systematicSum: systematic, count: Int(sums.count))
    }

    /// Adds what a word stands for: the multiples in it, without the pattern of the constant that came with each.
    private func add(
        _ word: UInt64, cut: Double, of sums: FixedPointTotal, to sum: inout ExactSum
    ) throws(AggregationError) {
        let multiple = Int64(bitPattern: word &- sums.count &* cut.bitPattern)
        try sum.add(multiple, weight: Int(cut.exponent) - 52)
    }
}

/// A group's sums during the pass: 64 bytes, one cache line, since groups are met in random order and each visit moves
/// the line. Words wrap around; `FixedPoint` says why nothing is lost by that.
struct FixedPointTotal {
    /// Value and systematic uncertainty.
    var high = SIMD2<UInt64>()
    var low = SIMD2<UInt64>()
    /// Square of the random uncertainty, high and middle.
    var square = SIMD2<UInt64>()
    var squareLowAndCount = SIMD2<UInt64>()

    /// Rows.
    var count: UInt64 { squareLowAndCount[1] }

    @inline(__always)
    mutating func add(value: Double, random: Double, systematic: Double, at point: FixedPoint) {
        let pair = SIMD2(value, systematic)
        let pairHigh = pair + point.high
        let pairLow = (pair - (pairHigh - point.high)) + point.low
        high &+= unsafeBitCast(pairHigh, to: SIMD2<UInt64>.self)
        low &+= unsafeBitCast(pairLow, to: SIMD2<UInt64>.self)

        let squared = random * random
        let first = squared + point.squareHigh
        let afterFirst = squared - (first - point.squareHigh)
        let second = afterFirst + point.squareMiddle
        let third = (afterFirst - (second - point.squareMiddle)) + point.squareLow
        square &+= SIMD2(first.bitPattern, second.bitPattern)
        squareLowAndCount &+= SIMD2(third.bitPattern, 1)
    }

    mutating func merge(_ other: Self) {
        high &+= other.high
        low &+= other.low
        square &+= other.square
        squareLowAndCount &+= other.squareLowAndCount
    }
}

extension ExponentSpan {
    var range: ClosedRange<Int>? { isEmpty ? nil : Int(lowest)...Int(highest) }

    /// Biased exponents that squares can have, rounding included: those of [2^a, 2^(a+1)) lie in [2^2a, 2^(2a+2)).
    var ofSquares: ClosedRange<Int>? {
        range.map { 2 * ($0.lowerBound - 1023) + 1023...2 * ($0.upperBound - 1023) + 1024 }
    }
}
