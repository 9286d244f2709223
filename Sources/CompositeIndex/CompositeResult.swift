// CompositeResult.swift: the index with everything that led to it.

/// The outcome of a pipeline: scores and ranks, and what every stage left.
public struct CompositeResult: Sendable, Hashable {
    public let tree: IndicatorTree
    public let method: CompositeMethod
    /// Those that were screened in, in the order of the data.
    public let units: [CompositeUnit]
    /// Those that were screened out.
    public let screenedOut: [CompositeUnit]
    /// Tables by stage; `.weight` has none. From `.screen` on their rows are `units`, before that those of the data.
    public let tables: [Stage: DataTable]
    public let imputed: [ImputedCell]
    public let treatments: [TreatmentReport]
    /// Indicators that take no part, as they have no score for anyone.
    public let unscored: [UnscoredIndicator]
    public let weights: UsedWeights
    /// 1 for the best of its time; equal values share the best rank; nil where the index is missing.
    public let ranks: [Int?]

    /// A column of the last stage: an indicator's scores, an aggregate or the index; nil for an unknown code.
    public subscript(code: String) -> DataColumn? { tables[.aggregate]?[code] }

    /// The index itself.
    public var index: DataColumn { self[tree.root] ?? DataColumn(missing: units.count) }

    /// Aggregates that have no value for a unit, by code in the order of the tree.
    public func missingAggregates(of row: Int) -> [String] {
        tree.bottomUp.filter { self[$0]?[row] == nil }
    }

    /// Units of a stage's table, in the order of its rows.
    public func units(at stage: Stage, of data: CompositeData) -> [CompositeUnit] {
        switch stage {
        case .raw, .denominate, .impute: data.units
        case .screen, .treat, .normalise, .weight, .aggregate: units
        }
    }
}
