// IndexGroup.swift: a level of the index (all, a region, a site) with its sums, and the nodes below it.

/// How far up the tree a group is.
public enum IndexLevel: String, Sendable, Hashable, Codable, CaseIterable {
    case total, region, site
}

/// What one class of compute adds to a group.
public struct ClassShare: Sendable, Hashable {
    public let computeClass: ComputeClass
    public let capacity: Capacity
    /// s_c = C_c / C; the shares of a group add up to 1. Nil when the group's total is 0.
    public let share: Double?
}

/// One node's line in the index; a node split over classes has one line for each.
public struct IndexNode: Sendable, Hashable {
    public let nodeID: String
    public let origin: RunOrigin
    public let computeClass: ComputeClass
    public let measuredPrecision: Precision
    /// K, with its uncertainty as of the snapshot's date.
    public let capacity: Capacity
    public let availability: Availability
    public let classFraction: Double
    /// E · φ: what the line would add if the node were always there.
    public let converted: Double
    public let fractionOfPeak: Double?
    /// See `Contribution`.
    public let measuredWith: String?
    public let passedOver: [String]
    public let ageDays: Double
    public let isStale: Bool
    /// What the gates flagged without rejecting.
    public let flags: [Finding]
}

/// The sum over a set of nodes, with what is known about it.
public struct IndexGroup: Sendable, Hashable {
    public let level: IndexLevel
    /// `all` for the total; `unassigned` where runs name no region or site.
    public let name: String
    /// C = Σ K over the nodes. Its basis is that of the least direct part; the parts stand beside it.
    public let capacity: Capacity
    /// C_measured, C_extrapolated and C_nameplate; every basis has an entry, and they add up to C.
    public let byBasis: [Basis: Double]
    /// In the order of `ComputeClass`, without classes that no node is in.
    public let classes: [ClassShare]
    /// Σ E · φ: what the nodes would add if they were always there.
    public let converted: Double
    /// Different nodes behind the sum.
    public let nodeCount: Int
    /// Nodes whose measurement is older than the fresh limit.
    public let staleNodeCount: Int
    /// Nodes that a gate flagged, staleness included.
    public let flaggedNodeCount: Int
    /// Groups one level down, largest first; empty for a site.
    public let groups: [IndexGroup]
    /// Nodes, largest first; empty above a site.
    public let nodes: [IndexNode]

    /// C_measured / C; nil when C is 0.
    public var coverage: Double? { capacity.value > 0 ? byBasis[.measured, default: 0] / capacity.value : nil }

    /// C = count · speed · availability; nil when the sums leave no such factors.
    public var factors: CapacityFactors? {
        let speed = nodeCount > 0 ? converted / Double(nodeCount) : 0
        let availability = converted > 0 ? capacity.value / converted : 0
        return try? CapacityFactors(count: Double(nodeCount), speed: speed, availability: availability)
    }
}

extension IndexGroup {
    /// What stands in for a region or a site that a run does not name.
    public static let unassigned = "unassigned"

    /// Sums `nodes` and, above a site, splits them by region and then by site.
    ///
    /// - Parameter zero: A capacity of 0 under the terms of the index; the sum when there are no nodes.
    init(level: IndexLevel, name: String, nodes: [IndexNode], zero: Capacity) throws(CapacityError) {
        self.level = level
        self.name = name
        let capacity = try Self.sum(nodes, zero: zero)
        self.capacity = capacity
        var byBasis: [Basis: Double] = [:]
        for basis in Basis.allCases {
            byBasis[basis] = try Self.sum(nodes.filter { $0.capacity.basis == basis }.map(\.capacity.value))
        }
        self.byBasis = byBasis
        var classes: [ClassShare] = []
        for computeClass in ComputeClass.allCases {
            let members = nodes.filter { $0.computeClass == computeClass }
            guard !members.isEmpty else { continue }
            let part = try Self.sum(members, zero: zero)
            let share = capacity.value > 0 ? part.value / capacity.value : nil
            classes.append(ClassShare(computeClass: computeClass, capacity: part, share: share))
        }
        self.classes = classes
        converted = try Self.sum(nodes.map(\.converted))
        nodeCount = Set(nodes.map(\.nodeID)).count
        staleNodeCount = Set(nodes.filter(\.isStale).map(\.nodeID)).count
        flaggedNodeCount = Set(nodes.filter { !$0.flags.isEmpty }.map(\.nodeID)).count

        let lower: (level: IndexLevel, place: (IndexNode) -> String?)?
        switch level {
        case .total: lower = (.region, { $0.origin.region })
        case .region: lower = (.site, { $0.origin.site })
        case .site: lower = nil
        }
        if let lower {
            var groups: [IndexGroup] = []
            for (place, members) in Dictionary(grouping: nodes, by: { lower.place($0) ?? Self.unassigned }) {
                groups.append(try IndexGroup(level: lower.level, name: place, nodes: members, zero: zero))
            }
            self.groups = groups.sorted { ($1.capacity.value, $0.name) < ($0.capacity.value, $1.name) }
            self.nodes = []
        } else {
            groups = []
            self.nodes = nodes.sorted {
                ($1.capacity.value, $0.nodeID, $0.computeClass.rawValue)
                    < ($0.capacity.value, $1.nodeID, $1.computeClass.rawValue)
            }
        }
    }

    /// Exact, so that the order of the nodes does not show. Lines of one node share its measurement, so their random errors
    /// add linearly; those of different nodes in quadrature.
    private static func sum(_ nodes: [IndexNode], zero: Capacity) throws(CapacityError) -> Capacity {
        for node in nodes { try zero.requireSameTerms(as: node.capacity) }
        let total = try summed { () throws(AggregationError) in
            var total = CapacityTotal()
            for (_, lines) in Dictionary(grouping: nodes, by: \.nodeID) {
                var amounts: [CapacityAmount] = []
                for line in lines { amounts.append(try CapacityAmount(line.capacity)) }
                try total.add(linesOfOneNode: amounts)
            }
            return total
        }
        return try total.capacity(
            under: zero.terms, basis: nodes.map(\.capacity.basis).max() ?? zero.basis,
            asOf: nodes.map(\.capacity.asOf).min() ?? zero.asOf)
    }

    private static func sum(_ values: [Double]) throws(CapacityError) -> Double {
        try summed { () throws(AggregationError) in try ExactSum(values).value }
    }

    private static func summed<Sum>(_ body: () throws(AggregationError) -> Sum) throws(CapacityError) -> Sum {
        do { return try body() } catch { throw .notSummable(error) }
    }
}
