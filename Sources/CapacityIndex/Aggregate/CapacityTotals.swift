// CapacityTotals.swift: exact totals by place, class and basis, and the roll-up from places to what they lie in.
// Rolling up merges totals and does not go back to the lines: being exact, it gives the same bits.

/// One total and what it is over.
public struct CapacityGroup: Sendable, Hashable {
    public let place: Place
    /// Nil for a total over all classes.
    public let computeClass: ComputeClass?
    public let basis: Basis
    public let total: CapacityTotal
}

/// Which lines belong to a place.
public enum PlaceReach: Sendable, Hashable {
    /// Those whose place it is.
    case placeItself
    /// Those and all further down.
    case subtree
}

/// The sums over a set of nodes; measured, extrapolated and nameplate amounts apart.
public struct CapacityTotals: Sendable {
    public let terms: CapacityTerms
    public let places: PlaceTree
    /// The kinds that occur, by code.
    let kinds: [LineKind]
    /// For each place, a total per kind.
    var sums: ContiguousArray<CapacityTotal>
    /// What joining the lines of split nodes changes in the total over classes, at place · 3 + basis.
    private var joins: [Int: Join] = [:]

    /// Each of a split node's lines stands in its class as a node; over all classes it is one node, whose random
    /// uncertainties add linearly.
    private struct Join: Sendable {
        /// Σ over nodes of (Σ u)² − Σ u².
        var randomSquaredSum = ExactSum()
        /// Lines that are no nodes of their own.
        var surplus = 0

        /// What to merge into the total over classes.
        var total: CapacityTotal {
            CapacityTotal(
                valueSum: ExactSum(), randomSquaredSum: randomSquaredSum, systematicSum: ExactSum(), count: -surplus)
        }
    }

    /// - Parameter sums: For each place a total per kind; of no nodes when nil.
    init(
        terms: CapacityTerms, places: PlaceTree, kinds: [LineKind], sums: ContiguousArray<CapacityTotal>? = nil
    ) {
        self.terms = terms
        self.places = places
        self.kinds = kinds
        self.sums = sums ?? ContiguousArray(repeating: CapacityTotal(), count: places.count * kinds.count)
    }

    /// Lines of one node, at most one per class. Those of one basis share a measurement; a class that was measured and
    /// one from a data sheet do not.
    mutating func joinLines(of node: [CapacityLine], at place: Place) throws(AggregationError) {
        for basis in Basis.allCases {
            let lines = node.filter { $0.basis == basis }.map(\.amount)
            guard lines.count > 1 else { continue }
            let random = try CapacityTotal.randomUncertainty(ofNode: lines)
            let key = Int(place.index) * 3 + basis.number
            var join = joins[key] ?? Join()
            try join.randomSquaredSum.add(random * random)
            for line in lines { try join.randomSquaredSum.subtract(line.randomUncertainty * line.randomUncertainty) }
            join.surplus += lines.count - 1
            joins[key] = join
        }
    }

    mutating func add(_ total: CapacityTotal, at place: Place, _ kind: LineKind) throws(AggregationError) {
        guard let column = kinds.firstIndex(of: kind) else { preconditionFailure("a kind without a column") }
        try sums[Int(place.index) * kinds.count + column].merge(total)
    }

    /// Takes over what a place's total over classes is, in which split nodes are joined already.
    mutating func joinNodes(_ total: CapacityTotal, at place: Place, _ basis: Basis) throws(AggregationError) {
        let apart = try totalOverClasses(at: place, basis)
        guard total != apart else { return }
        var join = Join(randomSquaredSum: total.randomSquaredSum, surplus: apart.count - total.count)
        try join.randomSquaredSum.subtract(apart.randomSquaredSum)
        joins[Int(place.index) * 3 + basis.number] = join
    }

    /// The total at a place itself in a class.
    func total(at place: Place, _ kind: LineKind) -> CapacityTotal {
        kinds.firstIndex(of: kind).map { sums[Int(place.index) * kinds.count + $0] } ?? CapacityTotal()
    }

    /// The total at a place itself over all classes.
    func totalOverClasses(at place: Place, _ basis: Basis) throws(AggregationError) -> CapacityTotal {
        var total = CapacityTotal()
        for (column, kind) in kinds.enumerated() where kind.basis == basis {
            try total.merge(sums[Int(place.index) * kinds.count + column])
        }
        if let join = joins[Int(place.index) * 3 + basis.number] { try total.merge(join.total) }
        return total
    }

    /// The totals that are over at least one node, by place, then class, then basis.
    ///
    /// - Parameters:
    ///   - reach: Whether a place has what lies further down, too.
    ///   - depth: Places of this depth only, 0 being the root; all places when nil.
    ///   - byClass: False for totals over all classes, in which a split node counts once.
    /// - Throws: `.sumOutOfRange`.
    /// - Complexity: O(places · kinds).
    public func groups(
        _ reach: PlaceReach = .placeItself, depth: Int? = nil, byClass: Bool = true
    ) throws(AggregationError) -> [CapacityGroup] {
        let width: Int
        var cells: ContiguousArray<CapacityTotal>
        if byClass {
            width = kinds.count
            cells = sums
        } else {
            width = 3
            cells = try totalsOverClasses()
        }
        if reach == .subtree { try rollUp(&cells, width: width) }
        var groups: [CapacityGroup] = []
        groups.reserveCapacity(depth == nil ? cells.count : 0)
        for index in cells.indices where cells[index].count > 0 {
            let place = Place(index: UInt32(index / width))
            guard depth == nil || depth == places.depth(of: place) else { continue }
            let column = index % width
            groups.append(
                CapacityGroup(
                    place: place, computeClass: byClass ? kinds[column].computeClass : nil,
                    basis: byClass ? kinds[column].basis : Basis.allCases[column], total: cells[index]))
        }
        return groups
    }

    /// For each place itself, a total per basis.
    private func totalsOverClasses() throws(AggregationError) -> ContiguousArray<CapacityTotal> {
        var cells: ContiguousArray<CapacityTotal> = []
        for place in places.places {
            for basis in Basis.allCases { cells.append(try totalOverClasses(at: place, basis)) }
        }
        return cells
    }

    private func rollUp(_ cells: inout ContiguousArray<CapacityTotal>, width: Int) throws(AggregationError) {
        for place in places.places.dropFirst().reversed() {
            guard let parent = places.parent(of: place) else { continue }
            for column in 0..<width {
                let cell = cells[Int(place.index) * width + column]
                guard cell.count > 0 else { continue }
                try cells[Int(parent.index) * width + column].merge(cell)
            }
        }
    }
}
