// LineColumns+Sums.swift: the pass over all lines that adds them up by place and kind.
// Integer adds in a fixed point chosen from the exponents that occur: no term is rounded and no add can overflow, so
// that the loop has no branches, and sums of any parts of the rows merge to the same bits.

import Dispatch

/// A group's sums during the pass, whole numbers of the last bits that `FixedPoint` gives each: 64 bytes, one cache
/// line, since groups are met in random order and each visit moves the line.
struct FixedPointTotal {
    var value: UInt128 = 0
    var systematic: UInt128 = 0
    /// 192 bits: squares span twice as many orders of magnitude.
    var randomSquaredLow: UInt128 = 0
    var randomSquaredHigh: UInt64 = 0
    var count: UInt64 = 0

    @inline(__always)
    mutating func addRandomSquared(low: UInt128, high: UInt64) {
        let (sum, carry) = randomSquaredLow.addingReportingOverflow(low)
        randomSquaredLow = sum
        randomSquaredHigh = randomSquaredHigh &+ high &+ (carry ? 1 : 0)
    }

    mutating func merge(_ other: Self) {
        value &+= other.value
        systematic &+= other.systematic
        addRandomSquared(low: other.randomSquaredLow, high: other.randomSquaredHigh)
        count &+= other.count
    }
}

/// The biased exponents whose doubles have the last bit of each sum as their last bit.
///
/// A double with biased exponent *e* is *m* · 2^(*e* − 1075), *m* < 2^53. With the lowest and highest exponents *l* and
/// *h* of a column that is *m* · 2^(*e* − *l*) whole last bits, below 2^(53 + *h* − *l*); *n* < 2^*k* of them add up to
/// less than 2^(53 + *h* − *l* + *k*), which is asked to be at most 2^127, and 2^191 for squares. The shift *e* − *l*
/// is asked to be at most 63, and 127 for squares, so that it crosses one word. Ten million lines leave 15 orders of
/// magnitude between the smallest and the largest value or systematic uncertainty, and 16 between random ones.
struct FixedPoint {
    let value: UInt64
    let systematic: UInt64
    /// Of squares.
    let randomSquared: UInt64

    /// Nil when the columns' numbers lie too far apart, or an `ExactSum` would round one of them.
    init?(_ columns: LineColumns) {
        let countBits = Int.bitWidth - columns.count.leadingZeroBitCount
        let shift = min(63, 127 - 53 - countBits)
        guard let value = Self.lowest(columns.valueExponents.range, maximumShift: shift),
            let systematic = Self.lowest(columns.systematicExponents.range, maximumShift: shift),
            let randomSquared = Self.lowest(
                columns.randomExponents.ofSquares, maximumShift: min(127, 191 - 53 - countBits))
        else { return nil }
        (self.value, self.systematic, self.randomSquared) = (value, systematic, randomSquared)
    }

    private static func lowest(_ span: ClosedRange<Int>?, maximumShift: Int) -> UInt64? {
        // Of zeros alone: any will do.
        guard let span else { return UInt64(weightBias) }
        // At least the exponent whose doubles have ExactSum's last bit as theirs; that excludes subnormals, too.
        guard span.upperBound - span.lowerBound <= maximumShift,
            span.lowerBound - weightBias >= ExactSum.lowestExponent
        else { return nil }
        return UInt64(span.lowerBound)
    }

    /// Biased exponent of a double minus that of its last bit's weight.
    static let weightBias = 1075

    func total(_ sums: FixedPointTotal) throws(AggregationError) -> CapacityTotal {
        CapacityTotal(
            valueSum: try Self.sum(sums.value, exponent: value),
            randomSquaredSum: try Self.sum(
                sums.randomSquaredLow, high: sums.randomSquaredHigh, exponent: randomSquared),
            systematicSum: try Self.sum(sums.systematic, exponent: systematic), count: Int(sums.count))
    }

    private static func sum(
        _ low: UInt128, high: UInt64 = 0, exponent: UInt64
    ) throws(AggregationError) -> ExactSum {
        let weight = Int(exponent) - weightBias
        var sum = ExactSum()
        try sum.add(UInt64(truncatingIfNeeded: low), weight: weight)
        try sum.add(UInt64(truncatingIfNeeded: low >> 64), weight: weight + 64)
        try sum.add(high, weight: weight + 128)
        return sum
    }
}

extension ExponentSpan {
    var range: ClosedRange<Int>? { isEmpty ? nil : Int(lowest)...Int(highest) }

    /// Biased exponents that squares can have, rounding included: those of [2^a, 2^(a+1)) lie in [2^2a, 2^(2a+2)).
    var ofSquares: ClosedRange<Int>? {
        range.map { 2 * ($0.lowerBound - 1023) + 1023...2 * ($0.upperBound - 1023) + 1024 }
    }
}

extension LineColumns {
    /// For each place, a total per kind; see `CapacityTable.totals(threads:)`.
    func sums(
        placeCount: Int, kinds: [LineKind], threads: Int
    ) throws(AggregationError) -> ContiguousArray<CapacityTotal> {
        guard let point = FixedPoint(self) else { return try fullWidthSums(placeCount: placeCount, kinds: kinds) }
        let pass = FixedPointPass(self, point: point, kinds: kinds, groupCount: placeCount * kinds.count)
        var sums: ContiguousArray<CapacityTotal> = []
        sums.reserveCapacity(pass.groupCount)
        let groups = pass.run(threads: max(1, min(threads, count)))
        defer { groups.deallocate() }
        for index in 0..<pass.groupCount {
            sums.append(groups[index].count == 0 ? CapacityTotal() : try point.total(groups[index]))
        }
        return sums
    }

    /// The same for any numbers that amounts can have.
    func fullWidthSums(placeCount: Int, kinds: [LineKind]) throws(AggregationError) -> ContiguousArray<CapacityTotal> {
        let columnOfKind = Self.columnOfKind(kinds)
        var sums = ContiguousArray(repeating: CapacityTotal(), count: placeCount * kinds.count)
        for row in 0..<count {
            let code = Int(codes[row])
            try sums[code >> 4 * kinds.count + columnOfKind[code & 15]].add(line(row).amount)
        }
        return sums
    }

    /// Where a kind's total stands among those of its place, at the kind's code; 0 for kinds that do not occur.
    static func columnOfKind(_ kinds: [LineKind]) -> [Int] {
        var columns = [Int](repeating: 0, count: 16)
        for (column, kind) in kinds.enumerated() { columns[Int(kind.code)] = column }
        return columns
    }
}

/// The fast pass over the rows of columns.
private struct FixedPointPass {
    let columns: LineColumns
    let point: FixedPoint
    let columnOfKind: [Int]
    let kindCount: Int
    let groupCount: Int

    init(_ columns: LineColumns, point: FixedPoint, kinds: [LineKind], groupCount: Int) {
        self.columns = columns
        self.point = point
        columnOfKind = LineColumns.columnOfKind(kinds)
        kindCount = kinds.count
        self.groupCount = groupCount
    }

    /// The sums of all rows; the caller deallocates them.
    func run(threads: Int) -> UnsafeMutablePointer<FixedPointTotal> {
        guard threads > 1 else {
            let groups = allocateGroups()
            add(rows: 0..<columns.count, to: groups)
            return groups
        }
        // Part i alone writes element i, and all are read after the last part has returned.
        nonisolated(unsafe) let parts = UnsafeMutablePointer<UnsafeMutablePointer<FixedPointTotal>>.allocate(
            capacity: threads)
        defer { parts.deallocate() }
        DispatchQueue.concurrentPerform(iterations: threads) { part in
            // Allocated here, so that the pages are first touched by the thread that uses them.
            parts[part] = allocateGroups()
            let rows = columns.count * part / threads..<columns.count * (part + 1) / threads
            add(rows: rows, to: parts[part])
        }
        for part in 1..<threads {
            for index in 0..<groupCount { parts[0][index].merge(parts[part][index]) }
            parts[part].deallocate()
        }
        return parts[0]
    }

    private func allocateGroups() -> UnsafeMutablePointer<FixedPointTotal> {
        let groups = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, groupCount) * MemoryLayout<FixedPointTotal>.stride, alignment: 64
        ).bindMemory(to: FixedPointTotal.self, capacity: groupCount)
        groups.initialize(repeating: FixedPointTotal(), count: groupCount)
        return groups
    }

    /// Pointers without bounds checks: `columns` holds all rows, and its places and kinds are below the counts that
    /// `groups` was allocated for.
    private func add(rows: Range<Int>, to groups: UnsafeMutablePointer<FixedPointTotal>) {
        let kindCount = kindCount
        let point = point
        columns.values.withUnsafeBufferPointer { values in
            columns.randoms.withUnsafeBufferPointer { randoms in
                columns.systematics.withUnsafeBufferPointer { systematics in
                    columns.codes.withUnsafeBufferPointer { codes in
                        columnOfKind.withUnsafeBufferPointer { columnOfKind in
                            for row in rows {
                                let code = Int(truncatingIfNeeded: codes[row])
                                let group = groups + ((code &>> 4) &* kindCount &+ columnOfKind[code & 15])
                                let value = Self.shifted(values[row], from: point.value)
                                let systematic = Self.shifted(systematics[row], from: point.systematic)
                                let random = randoms[row]
                                let square = Self.shiftedFar(random * random, from: point.randomSquared)
                                group.pointee.value &+= value
                                group.pointee.systematic &+= systematic
                                group.pointee.addRandomSquared(low: square.low, high: square.high)
                                group.pointee.count &+= 1
                            }
                        }
                    }
                }
            }
        }
    }

    /// Number ≥ 0 in last bits of exponent `lowest`, from which its own is at most 63 away. For 0 the shift is
    /// meaningless and the significand 0.
    @inline(__always)
    private static func shifted(_ number: Double, from lowest: UInt64) -> UInt128 {
        let significand = significand(number)
        let shift = (number.bitPattern &>> 52) &- lowest
        let low = significand &<< shift
        let high = (significand &>> 1) &>> (63 &- shift)
        return UInt128(high) &<< 64 | UInt128(low)
    }

    /// The same for exponents at most 127 away.
    @inline(__always)
    private static func shiftedFar(_ number: Double, from lowest: UInt64) -> (low: UInt128, high: UInt64) {
        let significand = significand(number)
        let shift = (number.bitPattern &>> 52) &- lowest
        let low = significand &<< shift
        let high = (significand &>> 1) &>> (63 &- shift)
        let isFar = shift & 64 != 0
        let middle = isFar ? low : high
        return (UInt128(middle) &<< 64 | UInt128(isFar ? 0 : low), isFar ? high : 0)
    }

    @inline(__always)
    private static func significand(_ number: Double) -> UInt64 {
        let bits = number.bitPattern
        return bits & 0xF_FFFF_FFFF_FFFF | (bits &>> 52 == 0 ? 0 : 1 &<< 52)
    }
}
