// ExactSum.swift: a sum of doubles without rounding, so that no order, grouping or withdrawal shows in its bits.
// Fixed point and not a compensated sum: the latter is accurate, yet its last digits depend on the order of the terms.

/// A sum of doubles: a whole multiple of 2^-144 with 320 bits in two's complement.
///
/// **Range.** Every sum *s* with −2^175 ≤ *s* < 2^175 (4.8e52). A term or a result outside of it throws and leaves the
/// sum as it was; nothing wraps. The squared random uncertainties of 10^7 nodes of 10^22 FLOPS stay below 2^170.
///
/// **Error.** A double whose magnitude is at least 2^-92 (2e-28) is a multiple of 2^-144, as its last bit weighs at
/// least 2^(-92-52), and enters exactly. A smaller one is rounded once, to the nearest multiple, ties to even, by at
/// most 2^-145 (2.2e-44), in the same way whenever it is added or taken out. After that there is integer arithmetic
/// only, which is associative and commutative and has inverses. So for terms in any order, in any tree of merges, with
/// any of them put in and taken out again, equal multisets of terms give equal bits. Reading the sum rounds correctly,
/// once.
///
/// - Source: U. W. Kulisch, Computer Arithmetic and Validity, 2nd ed. (2013), chapter 8: the long accumulator, here as
///   long as capacities need it to be.
public struct ExactSum: Sendable, Hashable {
    /// Weight of the last bit, as a power of two.
    static let lowestExponent = -144
    /// Magnitudes from here on, 2^175, are out of range.
    public static let limit = 0x1p175
    private static let bits = 320

    /// From the least significant on.
    private var w0: UInt64 = 0
    private var w1: UInt64 = 0
    private var w2: UInt64 = 0
    private var w3: UInt64 = 0
    private var w4: UInt64 = 0

    /// 0.
    public init() {}

    public init(_ terms: some Sequence<Double>) throws(AggregationError) {
        for term in terms { try add(term) }
    }

    public var isZero: Bool { w0 | w1 | w2 | w3 | w4 == 0 }
    public var isNegative: Bool { w4 >> 63 == 1 }

    /// - Throws: `.amountOutOfRange` for a NaN or a magnitude of 2^175 or more; `.sumOutOfRange`.
    public mutating func add(_ term: Double) throws(AggregationError) {
        try add(Self(exactly: term.magnitude), negated: term.sign == .minus)
    }

    /// Takes a term out again; the inverse of `add`.
    public mutating func subtract(_ term: Double) throws(AggregationError) {
        try add(Self(exactly: term.magnitude), negated: term.sign == .plus)
    }

    /// - Throws: `.sumOutOfRange`.
    public mutating func add(_ other: ExactSum) throws(AggregationError) { try add(other, negated: false) }

    /// - Throws: `.sumOutOfRange`.
    public mutating func subtract(_ other: ExactSum) throws(AggregationError) { try add(other, negated: true) }

    /// The sum as the nearest double, ties to even.
    public var value: Double {
        var (top, second, third, fourth, fifth) = magnitude.wordsFromTop
        var exponent = Self.lowestExponent + 256
        while top == 0 {
            guard exponent > Self.lowestExponent else { return 0 }
            (top, second, third, fourth, fifth) = (second, third, fourth, fifth, 0)
            exponent -= 64
        }
        let shift = UInt64(top.leadingZeroBitCount)
        let leading = (top &<< shift) | ((second >> 1) &>> (63 &- shift))
        // What lies below the 64 leading bits only matters as being there or not: it breaks ties.
        let rest = (second &<< shift) | third | fourth | fifth
        let rounded = Double(leading | (rest == 0 ? 0 : 1))
        // Exact: 2^-144 … 2^175 is far inside the normal doubles.
        return Double(
            sign: isNegative ? .minus : .plus, exponent: exponent - Int(shift), significand: rounded)
    }

    /// A magnitude, rounded to a multiple of 2^-144.
    private init(exactly magnitude: Double) throws(AggregationError) {
        guard magnitude < Self.limit else {
            throw .amountOutOfRange(field: "magnitude", number: magnitude, limit: Self.limit)
        }
        let field = Int(magnitude.exponentBitPattern)
        var significand = magnitude.significandBitPattern | (field == 0 ? 0 : 1 << 52)
        var shift = max(field, 1) - 1075 - Self.lowestExponent
        if shift < 0 {
            significand = Self.rounded(significand, droppingBits: -shift)
            shift = 0
        }
        self.init(significand, shiftedBy: shift)
    }

    /// `significand` / 2^`count` to the nearest whole number, ties to even; `significand` < 2^53.
    private static func rounded(_ significand: UInt64, droppingBits count: Int) -> UInt64 {
        // Below a half.
        guard count <= 53 else { return 0 }
        let quotient = significand >> UInt64(count)
        let remainder = significand - quotient << UInt64(count)
        let half: UInt64 = 1 << UInt64(count - 1)
        return quotient + (remainder > half || (remainder == half && quotient & 1 == 1) ? 1 : 0)
    }

    /// `word` · 2^`shift` quanta; `word` · 2^`shift` < 2^319.
    private init(_ word: UInt64, shiftedBy shift: Int) {
        let low = word &<< UInt64(shift & 63)
        let high = (word >> 1) &>> UInt64(63 - shift & 63)
        switch shift >> 6 {
        case 0: (w0, w1) = (low, high)
        case 1: (w1, w2) = (low, high)
        case 2: (w2, w3) = (low, high)
        case 3: (w3, w4) = (low, high)
        default: w4 = low
        }
    }

    /// Adds `multiple` · 2^`exponent`, where that is a whole number of quanta.
    ///
    /// - Throws: `.sumOutOfRange`.
    mutating func add(_ multiple: Int64, weight exponent: Int) throws(AggregationError) {
        let magnitude = multiple.magnitude
        guard magnitude != 0 else { return }
        let shift = exponent - Self.lowestExponent
        precondition(shift >= 0, "below the quantum")
        guard shift + 64 - magnitude.leadingZeroBitCount < Self.bits else { throw .sumOutOfRange }
        try add(Self(magnitude, shiftedBy: shift), negated: multiple < 0)
    }

    private mutating func add(_ other: Self, negated: Bool) throws(AggregationError) {
        // −x is ~x + 1.
        let flip: UInt64 = negated ? .max : 0
        var carry: UInt64 = negated ? 1 : 0
        var result = self
        result.w0.add(other.w0 ^ flip, &carry)
        result.w1.add(other.w1 ^ flip, &carry)
        result.w2.add(other.w2 ^ flip, &carry)
        result.w3.add(other.w3 ^ flip, &carry)
        result.w4.add(other.w4 ^ flip, &carry)
        // Two operands of one sign with a result of the other sign.
        let overflow = ~(w4 ^ other.w4 ^ flip) & (w4 ^ result.w4)
        guard overflow >> 63 == 0 else { throw .sumOutOfRange }
        self = result
    }

    /// Of the lowest number, −2^175, the magnitude's bits are those of an unsigned 2^319.
    var magnitude: Self {
        guard isNegative else { return self }
        var carry: UInt64 = 1
        var result = Self()
        result.w0.add(~w0, &carry)
        result.w1.add(~w1, &carry)
        result.w2.add(~w2, &carry)
        result.w3.add(~w3, &carry)
        result.w4.add(~w4, &carry)
        return result
    }

    var wordsFromTop: (UInt64, UInt64, UInt64, UInt64, UInt64) { (w4, w3, w2, w1, w0) }
}

extension UInt64 {
    /// Adds a number and a carry of 0 or 1, and leaves the carry out.
    fileprivate mutating func add(_ other: UInt64, _ carry: inout UInt64) {
        let (partial, first) = addingReportingOverflow(other)
        let (sum, second) = partial.addingReportingOverflow(carry)
        self = sum
        carry = first || second ? 1 : 0
    }
}
