// CapacitySummary.swift: the totals of a set of nodes as a value that travels: a site sends it, a region merges it.
// It says which places it speaks for, since that is how counting a node twice can be noticed without its identity.

/// Exact totals by place, class and basis, under one set of terms, for all nodes of its scopes.
///
/// A scope is the path of a place; the summary speaks for all that lies there or further down. No scope lies in another
/// and every total lies in a scope. Summaries of disjoint scopes merge in any order to the same value, which is the
/// summary that the nodes themselves would have given.
public struct CapacitySummary: Sendable, Hashable {
    /// Identifies the JSON form.
    public static let format = "suanli-summary/1"

    public let terms: CapacityTerms
    /// The date that the amounts are for; of a merged summary the earliest.
    public let asOf: Timestamp
    /// In ascending order.
    public let scopes: [[String]]
    /// By place, then basis.
    public let entries: [Entry]

    /// The nodes whose own place is one place, and whose amounts have one basis.
    public struct Entry: Sendable, Hashable {
        /// Names from below the root down.
        public let place: [String]
        public let basis: Basis
        /// Over all classes; a node that is split counts once in it, with its random uncertainties added linearly.
        public let total: CapacityTotal
        /// Classes in which there is at least one node.
        public let classes: [ComputeClass: CapacityTotal]
    }

    /// - Parameters:
    ///   - totals: Of a table or a ledger.
    ///   - scope: What the totals are complete for; the root if empty.
    /// - Throws: `.outsideScope` when a node lies elsewhere.
    public init(_ totals: CapacityTotals, scope: [String], asOf: Timestamp) throws(AggregationError) {
        var entries: [Entry] = []
        for place in totals.places.places {
            for basis in Basis.allCases {
                let total = try totals.totalOverClasses(at: place, basis)
                guard total.count > 0 else { continue }
                var classes: [ComputeClass: CapacityTotal] = [:]
                for computeClass in ComputeClass.allCases {
                    let part = totals.total(at: place, LineKind(computeClass: computeClass, basis: basis))
                    if part.count > 0 { classes[computeClass] = part }
                }
                entries.append(
                    Entry(place: totals.places.path(of: place), basis: basis, total: total, classes: classes))
            }
        }
        try self.init(terms: totals.terms, asOf: asOf, scopes: [scope], entries: entries)
    }

    init(
        terms: CapacityTerms, asOf: Timestamp, scopes: [[String]], entries: [Entry]
    ) throws(AggregationError) {
        self.terms = terms
        self.asOf = asOf
        self.scopes = scopes.sorted { $0.lexicographicallyPrecedes($1) }
        self.entries = entries.sorted { left, right in
            left.place == right.place
                ? left.basis < right.basis : left.place.lexicographicallyPrecedes(right.place)
        }
        // In ascending order a path is followed by the paths below it before any other.
        for (scope, next) in zip(self.scopes, self.scopes.dropFirst()) where next.starts(with: scope) {
            throw .overlappingScopes(scope, next)
        }
        let known = Set(scopes)
        for entry in entries {
            // The path itself, then shorter and shorter beginnings of it, down to the empty one.
            let prefixes = (0...entry.place.count).map { Array(entry.place.dropLast($0)) }
            guard prefixes.contains(where: known.contains) else {
                throw .outsideScope(place: entry.place, scopes: self.scopes)
            }
        }
    }

    /// This summary and one of other nodes.
    ///
    /// - Throws: `CapacityError.mixed…` for other terms; `AggregationError.overlappingScopes` when both speak for a
    ///   place; the same site twice, for example.
    /// - Complexity: O(*n* log *n*).
    public func merged(with other: CapacitySummary) throws -> CapacitySummary {
        if terms != other.terms {
            try capacity(nil, basis: .measured).requireSameTerms(as: other.capacity(nil, basis: .measured))
        }
        return try CapacitySummary(
            terms: terms, asOf: min(asOf, other.asOf), scopes: scopes + other.scopes,
            entries: entries + other.entries)
    }

    /// All of it as one place, for which it then speaks: what a region passes on when its sites are not asked for.
    ///
    /// - Throws: `.outsideScope` when the summary has a scope that does not lie in `scope`; `.sumOutOfRange`.
    public func condensed(to scope: [String]) throws(AggregationError) -> CapacitySummary {
        for place in scopes where !place.starts(with: scope) {
            throw .outsideScope(place: place, scopes: [scope])
        }
        var condensed: [Entry] = []
        for basis in Basis.allCases {
            var total = CapacityTotal()
            var classes: [ComputeClass: CapacityTotal] = [:]
            for entry in entries where entry.basis == basis {
                try total.merge(entry.total)
                for (computeClass, part) in entry.classes {
                    try classes[computeClass, default: CapacityTotal()].merge(part)
                }
            }
            if total.count > 0 {
                condensed.append(Entry(place: scope, basis: basis, total: total, classes: classes))
            }
        }
        return try CapacitySummary(terms: terms, asOf: asOf, scopes: [scope], entries: condensed)
    }

    /// The sum over all places, in a class or, when nil, over all classes.
    public func total(_ computeClass: ComputeClass?, basis: Basis) throws(AggregationError) -> CapacityTotal {
        var sum = CapacityTotal()
        for entry in entries where entry.basis == basis {
            if let computeClass {
                if let part = entry.classes[computeClass] { try sum.merge(part) }
            } else {
                try sum.merge(entry.total)
            }
        }
        return sum
    }

    /// The sum over all places as a capacity.
    public func capacity(_ computeClass: ComputeClass?, basis: Basis) throws -> Capacity {
        try total(computeClass, basis: basis).capacity(under: terms, basis: basis, asOf: asOf)
    }

    /// The totals with their tree of places, to be rolled up and grouped.
    public func totals() throws(AggregationError) -> CapacityTotals {
        var places = PlaceTree()
        for entry in entries { _ = try places.place(entry.place) }
        var totals = CapacityTotals(terms: terms, places: places, kinds: LineKind.all)
        for entry in entries {
            let place = try places.place(entry.place)
            for (computeClass, part) in entry.classes {
                try totals.add(part, at: place, LineKind(computeClass: computeClass, basis: entry.basis))
            }
            try totals.joinNodes(entry.total, at: place, entry.basis)
        }
        return totals
    }
}
