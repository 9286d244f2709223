// LineColumns.swift: many lines, a column per number, in 28 bytes each.
// Columns, since a pass over all lines is bound by how much of memory it reads.

/// Lines in the order of their rows, with the span of their exponents, from which a pass chooses its fixed point.
struct LineColumns: Sendable {
    private(set) var values: ContiguousArray<Double> = []
    private(set) var randoms: ContiguousArray<Double> = []
    private(set) var systematics: ContiguousArray<Double> = []
    /// Place · 16 + kind.
    private(set) var codes: ContiguousArray<UInt32> = []

    private(set) var valueExponents = ExponentSpan()
    private(set) var randomExponents = ExponentSpan()
    private(set) var systematicExponents = ExponentSpan()
    /// Bit k is set when a line of kind k was ever there.
    private(set) var kindMask: UInt32 = 0

    /// A row is kept in 32 bits, and 0 stands for none.
    static let limit = Int(UInt32.max) - 1

    var count: Int { codes.count }

    /// Bytes allocated.
    var byteCount: Int { (values.capacity + randoms.capacity + systematics.capacity) * 8 + codes.capacity * 4 }

    mutating func reserveCapacity(_ count: Int) {
        values.reserveCapacity(count)
        randoms.reserveCapacity(count)
        systematics.reserveCapacity(count)
        codes.reserveCapacity(count)
    }

    mutating func append(_ line: CapacityLine, at place: Place) throws(AggregationError) {
        guard count < Self.limit else { throw .tooManyLines(limit: Self.limit) }
        values.append(line.amount.value)
        randoms.append(line.amount.randomUncertainty)
        systematics.append(line.amount.systematicUncertainty)
        let kind = line.kind.code
        codes.append(place.index << 4 | kind)
        valueExponents.include(line.amount.value)
        randomExponents.include(line.amount.randomUncertainty)
        systematicExponents.include(line.amount.systematicUncertainty)
        kindMask |= 1 << kind
    }

    /// Removes a row; the last row takes its number. The spans stay as wide as they were.
    mutating func removeBySwapping(_ row: Int) {
        let last = count - 1
        values[row] = values[last]
        randoms[row] = randoms[last]
        systematics[row] = systematics[last]
        codes[row] = codes[last]
        values.removeLast()
        randoms.removeLast()
        systematics.removeLast()
        codes.removeLast()
    }

    func place(_ row: Int) -> Place { Place(index: codes[row] >> 4) }

    func line(_ row: Int) -> CapacityLine {
        let kind = LineKind.all[Int(codes[row] & 15)]
        let amount = CapacityAmount(
            unchecked: values[row], randomUncertainty: randoms[row], systematicUncertainty: systematics[row])
        return CapacityLine(amount, in: kind.computeClass, basis: kind.basis)
    }
}

/// The lowest and the highest exponent among numbers that are not 0; biased, as doubles store them.
struct ExponentSpan: Sendable {
    private(set) var lowest = UInt.max
    private(set) var highest: UInt = 0

    var isEmpty: Bool { lowest > highest }

    /// `number` ≥ 0.
    mutating func include(_ number: Double) {
        guard number != 0 else { return }
        lowest = min(lowest, number.exponentBitPattern)
        highest = max(highest, number.exponentBitPattern)
    }
}
