// CapacityTable.swift: contributions in bulk, and their sums by place, class and basis in one pass.
// Without node identities, so that a line takes 28 bytes; CapacityLedger has them, and takes lines out again.

/// Many contributions under one set of terms, in any order.
///
/// The tree of places gives a site its region and a region its nation, so that a line names its place only.
public struct CapacityTable: Sendable {
    public let terms: CapacityTerms
    public private(set) var places = PlaceTree()
    private(set) var columns = LineColumns()
    /// By place, as far as there are any; from them follows how large a group's sums can become.
    private var rowsAtPlace: ContiguousArray<UInt32> = []
    private var mostRowsAtAPlace: UInt32 = 0
    /// Rows of nodes with several lines; these share one measurement.
    private(set) var splitNodes: [Range<Int>] = []

    public init(terms: CapacityTerms) { self.terms = terms }

    /// Lines in the table.
    public var count: Int { columns.count }

    /// Bytes allocated for lines: 28 for each there is room for, 16 more for each split node, 4 for each place.
    public var byteCount: Int {
        columns.byteCount + splitNodes.capacity * MemoryLayout<Range<Int>>.stride + rowsAtPlace.capacity * 4
    }

    public mutating func reserveCapacity(_ lines: Int) { columns.reserveCapacity(lines) }

    /// See `PlaceTree.place(_:)`.
    public mutating func place(_ path: [String]) throws(AggregationError) -> Place { try places.place(path) }

    /// Adds a node that has one line.
    ///
    /// - Throws: `.unknownPlace`, `.tooManyLines`.
    /// - Complexity: O(1) amortised.
    public mutating func append(_ line: CapacityLine, at place: Place) throws(AggregationError) {
        try places.check(place)
        try columns.append(line, at: place)
        countRows(1, at: place)
    }

    /// Adds a node that has one line, from a capacity.
    ///
    /// - Throws: `CapacityError.mixed…` for other terms than the table's; `AggregationError`.
    public mutating func append(_ capacity: Capacity, in computeClass: ComputeClass, at place: Place) throws {
        try terms.require(capacity)
        try append(CapacityLine(CapacityAmount(capacity), in: computeClass, basis: capacity.basis), at: place)
    }

    /// Adds a node that is split over classes.
    ///
    /// - Throws: `.noLines`, `.classTwice`, `.unknownPlace`, `.tooManyLines`; nothing is added.
    public mutating func append(node lines: [CapacityLine], at place: Place) throws(AggregationError) {
        guard !lines.isEmpty else { throw .noLines }
        try places.check(place)
        var seen: Set<ComputeClass> = []
        for line in lines where !seen.insert(line.computeClass).inserted { throw .classTwice(line.computeClass) }
        guard count + lines.count <= LineColumns.limit else { throw .tooManyLines(limit: LineColumns.limit) }
        let first = count
        for line in lines { try columns.append(line, at: place) }
        if lines.count > 1 { splitNodes.append(first..<count) }
        countRows(lines.count, at: place)
    }

    private mutating func countRows(_ rows: Int, at place: Place) {
        let index = Int(place.index)
        if index >= rowsAtPlace.count { rowsAtPlace += repeatElement(0, count: places.count - rowsAtPlace.count) }
        rowsAtPlace[index] += UInt32(rows)
        mostRowsAtAPlace = max(mostRowsAtAPlace, rowsAtPlace[index])
    }

    /// The sums by place, class and basis.
    ///
    /// Lines are added in a fixed point that holds all of them without rounding, in 64 bytes a group; where their
    /// magnitudes lie too far apart for that, in the full width of an `ExactSum`, on one thread and several times as
    /// slow. Either way, and for any number of threads, the result has the same bits.
    ///
    /// - Parameter threads: At least 1; each has sums of its own, which are merged.
    /// - Throws: `.sumOutOfRange`.
    /// - Complexity: O(lines / threads + places · kinds · threads), where kinds, at most 9, are the pairs of class and
    ///   basis that occur.
    public func totals(threads: Int = 1) throws(AggregationError) -> CapacityTotals {
        let kinds = LineKind.all.filter { columns.kindMask >> $0.code & 1 == 1 }
        let sums = try columns.sums(
            placeCount: places.count, mostRows: Int(mostRowsAtAPlace), kinds: kinds, threads: threads)
        var totals = CapacityTotals(terms: terms, places: places, kinds: kinds, sums: sums)
        for rows in splitNodes { try totals.joinLines(of: rows.map(columns.line), at: columns.place(rows.lowerBound)) }
        return totals
    }
}

extension CapacityTerms {
    /// Throws `CapacityError.mixed…`, naming a capacity of 0 under these terms and the other, unless the terms match.
    func require(_ capacity: Capacity) throws(CapacityError) {
        guard capacity.terms != self else { return }
        try CapacityTotal().capacity(under: self, basis: capacity.basis, asOf: capacity.asOf)
            .requireSameTerms(as: capacity)
    }
}
