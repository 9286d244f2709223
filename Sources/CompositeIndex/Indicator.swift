// Indicator.swift: what one column of the data means for the index, and the aggregates above it.

/// Whether more of an indicator is better; the raw value is the factor that COINr writes in its Direction column.
public enum Direction: Int, Sendable, Hashable, CaseIterable {
    case moreIsBetter = 1
    case lessIsBetter = -1

    var factor: Double { Double(rawValue) }
}

/// The values between which an indicator is scored, fixed in advance so that years compare.
public struct Goalposts: Sendable, Hashable {
    /// In the indicator's own unit, whatever its direction.
    public let lower: Double
    public let upper: Double

    /// Nil unless both are finite and `lower` < `upper`.
    public init?(lower: Double, upper: Double) {
        guard lower.isFinite, upper.isFinite, lower < upper else { return nil }
        self.lower = lower
        self.upper = upper
    }
}

/// A leaf of the tree: one column of data.
public struct Indicator: Sendable, Hashable {
    /// Unique among indicators and aggregates; the column's name in the data.
    public var code: String
    public var name: String
    /// In words, for people; nil when not stated.
    public var unit: String?
    public var direction: Direction
    /// Relative to its siblings', ≥ 0.
    public var weight: Double
    /// The column that `Stage.denominate` divides it by; nil leaves it as it is.
    public var denominator: String?
    /// For `Normalisation.goalposts` and `.logGoalposts`.
    public var goalposts: Goalposts?
    /// For `Normalisation.distanceToTarget`, in the indicator's unit.
    public var target: Double?
    /// The aggregate that it belongs to.
    public var parent: String

    public init(
        code: String, name: String? = nil, unit: String? = nil, direction: Direction = .moreIsBetter,
        weight: Double = 1, denominator: String? = nil, goalposts: Goalposts? = nil, target: Double? = nil,
        parent: String
    ) {
        self.code = code
        self.name = name ?? code
        self.unit = unit
        self.direction = direction
        self.weight = weight
        self.denominator = denominator
        self.goalposts = goalposts
        self.target = target
        self.parent = parent
    }
}

/// An inner node of the tree; the one without a parent is the index.
public struct Aggregate: Sendable, Hashable {
    public var code: String
    public var name: String
    /// Relative to its siblings', ≥ 0; the root's has no meaning.
    public var weight: Double
    public var parent: String?

    public init(code: String, name: String? = nil, weight: Double = 1, parent: String?) {
        self.code = code
        self.name = name ?? code
        self.weight = weight
        self.parent = parent
    }
}
