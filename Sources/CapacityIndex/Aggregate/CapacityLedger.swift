// CapacityLedger.swift: an index that is kept up to date: lines come, change and go, and every total is there to read.
// Totals of all places are kept, and not those of sites alone, so that reading them adds nothing up.

/// The lines of nodes under one set of terms, with the totals of every place over its subtree.
///
/// At any moment the totals have the bits that a `CapacityTable` of the same lines gives. A node has one place and at
/// most one line per class; its lines of one basis share a measurement, so over all classes their random uncertainties
/// add linearly.
public struct CapacityLedger: Sendable {
    public let terms: CapacityTerms
    public private(set) var places = PlaceTree()
    /// Totals in the form to be read, one for each of `groups`, in its order. Reading in place is free; a copy that is
    /// kept makes the next change copy them all.
    public private(set) var readings: ContiguousArray<CapacityReading> = []
    /// What each reading is over. A group is never removed: without nodes its reading is 0.
    public private(set) var groups: ContiguousArray<LedgerGroup> = []
    private var totals: ContiguousArray<CapacityTotal> = []
    /// For each place, where its groups stand: a cell per kind, then one per basis over all classes.
    private var groupNumbers: ContiguousArray<UInt32> = []

    private var columns = LineColumns()
    private var keys: ContiguousArray<NodeKey> = []
    private var index = NodeIndex()
    /// Names that a key cannot hold, by number.
    private var longNames: [String: Int] = [:]

    private static let cellsPerPlace = LineKind.count + 3
    private static let noGroup = UInt32.max

    public init(terms: CapacityTerms) { self.terms = terms }

    /// Lines in the ledger.
    public var count: Int { columns.count }

    /// Bytes allocated for lines: 52 for each there is room for and 4 for each cell of the index, of which between
    /// 4/3 and 8/3 a line are there. Totals, places and names of more than 23 bytes that are no digests are not in it.
    public var byteCount: Int { columns.byteCount + keys.capacity * MemoryLayout<NodeKey>.stride + index.byteCount }

    /// Makes room for that many lines.
    public mutating func reserveCapacity(_ lines: Int) {
        columns.reserveCapacity(lines)
        keys.reserveCapacity(lines)
        index.reserveCapacity(lines, keys: keys)
    }

    /// See `PlaceTree.place(_:)`.
    public mutating func place(_ path: [String]) throws(AggregationError) -> Place { try places.place(path) }

    /// Adds a line of a node.
    ///
    /// - Throws: `.alreadyCounted` when the node has a line in that class; `.nodeElsewhere` when its other lines are at
    ///   another place; `.unknownPlace`, `.tooManyLines`, `.sumOutOfRange`. The ledger is as it was.
    /// - Complexity: O(depth of the place).
    public mutating func insert(
        _ line: CapacityLine, of node: String, at place: Place
    ) throws(AggregationError) {
        try places.check(place)
        let key = key(of: node)
        let rows = key.map { index.rows(of: $0, keys: keys) } ?? []
        let others = rows.map(columns.line)
        guard !others.contains(where: { $0.computeClass == line.computeClass }) else {
            throw .alreadyCounted(node: node, line.computeClass)
        }
        if let row = rows.first, columns.place(row) != place {
            throw .nodeElsewhere(node: node, at: places.path(of: columns.place(row)), asked: places.path(of: place))
        }
        guard count < LineColumns.limit else { throw .tooManyLines(limit: LineColumns.limit) }
        try change(line, beside: others, at: place, withdrawing: false)
        try columns.append(line, at: place)
        keys.append(key ?? number(node))
        index.insert(count - 1, keys: keys)
    }

    /// Takes a node's line in a class out.
    ///
    /// - Returns: The line.
    /// - Throws: `.notCounted`; the ledger is as it was.
    /// - Complexity: O(depth of the place).
    @discardableResult
    public mutating func withdraw(
        _ node: String, from computeClass: ComputeClass
    ) throws(AggregationError) -> CapacityLine {
        let rows = key(of: node).map { index.rows(of: $0, keys: keys) } ?? []
        guard let row = rows.first(where: { columns.line($0).computeClass == computeClass }) else {
            throw .notCounted(node: node, computeClass)
        }
        let line = columns.line(row)
        let others = rows.filter { $0 != row }.map(columns.line)
        try change(line, beside: others, at: columns.place(row), withdrawing: true)
        remove(row)
        return line
    }

    /// Takes all lines of a node out.
    ///
    /// - Returns: The lines, by class.
    /// - Throws: `.notCounted` when there are none.
    @discardableResult
    public mutating func withdraw(_ node: String) throws(AggregationError) -> [CapacityLine] {
        let lines = lines(of: node)
        guard !lines.isEmpty else { throw .notCounted(node: node, nil) }
        for line in lines { try withdraw(node, from: line.computeClass) }
        return lines
    }

    /// Puts a line in the place of the one that the node has in that class.
    ///
    /// - Parameter place: Where the node is now; other than before only if this is its only line.
    /// - Returns: The line that was there.
    /// - Throws: As `withdraw` and `insert`; the ledger is as it was.
    /// - Complexity: O(depth of the place).
    @discardableResult
    public mutating func replace(
        with line: CapacityLine, of node: String, at place: Place
    ) throws(AggregationError) -> CapacityLine {
        try places.check(place)
        let before = self.place(of: node)
        let old = try withdraw(node, from: line.computeClass)
        do {
            try insert(line, of: node, at: place)
        } catch {
            if let before { try insert(old, of: node, at: before) }
            throw error
        }
        return old
    }

    /// A node's lines, by class; empty for a node that is not counted.
    public func lines(of node: String) -> [CapacityLine] {
        guard let key = key(of: node) else { return [] }
        return index.rows(of: key, keys: keys).map(columns.line).sorted {
            $0.computeClass.number < $1.computeClass.number
        }
    }

    /// Where a node is; nil for one that is not counted.
    public func place(of node: String) -> Place? {
        guard let key = key(of: node) else { return nil }
        return index.rows(of: key, keys: keys).first.map(columns.place)
    }

    /// The total of a place over its subtree, in a class or, when nil, over all classes.
    public func total(
        of place: Place, in computeClass: ComputeClass?, basis: Basis
    ) -> CapacityTotal {
        guard let number = groupNumber(place, computeClass, basis) else { return CapacityTotal() }
        return totals[number]
    }

    /// What lies at each place itself, as a table of the same lines gives it: subtrees without their subtrees, which
    /// exact sums can be parted into.
    public func ownTotals() throws(AggregationError) -> CapacityTotals {
        var own = totals
        for number in groups.indices {
            let group = groups[number]
            guard let parent = places.parent(of: group.place),
                let above = groupNumber(parent, group.computeClass, group.basis)
            else { continue }
            try own[above].subtract(totals[number])
        }
        var result = CapacityTotals(terms: terms, places: places, kinds: LineKind.all)
        for (group, total) in zip(groups, own) where total.count > 0 {
            if let computeClass = group.computeClass {
                try result.add(total, at: group.place, LineKind(computeClass: computeClass, basis: group.basis))
            }
        }
        for (group, total) in zip(groups, own) where total.count > 0 && group.computeClass == nil {
            try result.joinNodes(total, at: group.place, group.basis)
        }
        return result
    }

    // MARK: Totals

    /// Adds or withdraws a line beside the node's other lines, in the totals of the place and all above it.
    ///
    /// The root is first: no sum is larger than its own, so that if they fit, all do, and nothing has changed when
    /// they do not.
    private mutating func change(
        _ line: CapacityLine, beside others: [CapacityLine], at place: Place, withdrawing: Bool
    ) throws(AggregationError) {
        let apart = others.filter { $0.basis == line.basis }.map(\.amount)
        let joined = apart + CollectionOfOne(line.amount)
        let (before, after) = withdrawing ? (joined, apart) : (apart, joined)
        for ancestor in places.pathToRoot(from: place).reversed() {
            let overClasses = makeGroup(ancestor, nil, line.basis)
            var total = totals[overClasses]
            if !before.isEmpty { try total.subtract(linesOfOneNode: before) }
            if !after.isEmpty { try total.add(linesOfOneNode: after) }
            set(overClasses, total)

            let inClass = makeGroup(ancestor, line.computeClass, line.basis)
            total = totals[inClass]
            if withdrawing { try total.subtract(line.amount) } else { try total.add(line.amount) }
            set(inClass, total)
        }
    }

    private mutating func set(_ group: Int, _ total: CapacityTotal) {
        totals[group] = total
        readings[group] = CapacityReading(total)
    }

    private static func cell(_ place: Place, _ computeClass: ComputeClass?, _ basis: Basis) -> Int {
        let column =
            computeClass.map { Int(LineKind(computeClass: $0, basis: basis).code) }
            ?? LineKind.count + basis.number
        return Int(place.index) * cellsPerPlace + column
    }

    private func groupNumber(_ place: Place, _ computeClass: ComputeClass?, _ basis: Basis) -> Int? {
        let cell = Self.cell(place, computeClass, basis)
        guard cell < groupNumbers.count, groupNumbers[cell] != Self.noGroup else { return nil }
        return Int(groupNumbers[cell])
    }

    private mutating func makeGroup(_ place: Place, _ computeClass: ComputeClass?, _ basis: Basis) -> Int {
        if let known = groupNumber(place, computeClass, basis) { return known }
        let missing = places.count * Self.cellsPerPlace - groupNumbers.count
        if missing > 0 { groupNumbers += repeatElement(Self.noGroup, count: missing) }
        groupNumbers[Self.cell(place, computeClass, basis)] = UInt32(groups.count)
        groups.append(LedgerGroup(place: place, computeClass: computeClass, basis: basis))
        totals.append(CapacityTotal())
        readings.append(CapacityReading(CapacityTotal()))
        return groups.count - 1
    }

    // MARK: Lines

    private mutating func remove(_ row: Int) {
        index.remove(row, keys: keys)
        let last = count - 1
        if row != last { index.renumber(last, as: row, keys: keys) }
        columns.removeBySwapping(row)
        keys[row] = keys[last]
        keys.removeLast()
    }

    /// Nil for a long name that was never seen.
    private func key(of node: String) -> NodeKey? {
        NodeKey(node) ?? longNames[node].map(NodeKey.init(number:))
    }

    /// The key of a new long name.
    private mutating func number(_ node: String) -> NodeKey {
        let number = longNames.count
        longNames[node] = number
        return NodeKey(number: number)
    }
}

/// What a total of a ledger is over: the subtree of a place, in a class or, when nil, over all classes.
public struct LedgerGroup: Sendable, Hashable {
    public let place: Place
    public let computeClass: ComputeClass?
    public let basis: Basis
}

/// A total as doubles, as `CapacityTotal` rounds them.
public struct CapacityReading: Sendable, Hashable {
    public let value: Double
    public let randomUncertainty: Double
    public let systematicUncertainty: Double
    public let count: Int

    public init(_ total: CapacityTotal) {
        value = total.value
        randomUncertainty = total.randomUncertainty
        systematicUncertainty = total.systematicUncertainty
        count = total.count
    }
}
