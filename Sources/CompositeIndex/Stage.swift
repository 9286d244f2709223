// Stage.swift: the steps from data to index, in their order.

/// A step of the pipeline; what it left can be looked at by this name.
public enum Stage: String, Sendable, Hashable, CaseIterable {
    /// The data as read, columns in the order of the tree.
    case raw
    case denominate
    case impute
    case screen
    case treat
    case normalise
    case weight
    case aggregate
}
