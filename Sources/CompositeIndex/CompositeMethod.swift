// CompositeMethod.swift: the choice made at every stage; with an indicator tree it defines an index completely.

/// Every choice on the way from data to index.
public struct CompositeMethod: Sendable, Hashable {
    /// Whether indicators that name a denominator are divided by it.
    public var denominates = true
    public var imputation = Imputation.none
    /// The least share of a unit's indicators that must be there; nil keeps every unit.
    public var screening: Double?
    public var treatment = Treatment.none
    public var shapeLimits = ShapeLimits.usual
    public var normalisation = Normalisation.goalposts
    /// Exceptions from `normalisation`, by indicator code.
    public var normalisationByIndicator: [String: Normalisation] = [:]
    public var weighting = Weighting.given
    /// At every level without an entry in `aggregationByLevel`; nil is geometric at the top and arithmetic below.
    public var aggregation: Aggregation?
    /// By the level of the aggregate, 2 being the lowest.
    public var aggregationByLevel: [Int: Aggregation] = [:]
    /// The share of an aggregate's weight that must be present for it to have a value. Two thirds is our proposal, and
    /// COINr's when it screens.
    public var dataAvailability = 2.0 / 3

    public init() {}

    /// What aggregates at `level` of a tree that is `height` levels high.
    public func aggregation(at level: Int, height: Int) -> Aggregation {
        aggregationByLevel[level] ?? aggregation ?? (level == height ? .geometric : .arithmetic)
    }

    func normalisation(of code: String) -> Normalisation { normalisationByIndicator[code] ?? normalisation }

    /// What can be wrong with the choices before any data is looked at.
    func validate(for tree: IndicatorTree) throws(CompositeError) {
        for level in aggregationByLevel.keys.sorted() where !(2...tree.height).contains(level) {
            throw .unknownLevel(level, height: tree.height)
        }
        let codes = Set(tree.indicators.map(\.code))
        for code in normalisationByIndicator.keys.sorted() where !codes.contains(code) {
            throw .unknownIndicator(code)
        }
        if let screening, !(0...1).contains(screening) {
            throw .badParameter(method: "screen", value: "\(screening)", allowed: "a share from 0 to 1")
        }
        guard (0...1).contains(dataAvailability) else {
            throw .badParameter(method: "availability", value: "\(dataAvailability)", allowed: "a share from 0 to 1")
        }
        if weighting == .benefitOfTheDoubt {
            for level in Set(tree.aggregates.compactMap { tree.levels[$0.code] }).sorted() {
                let method = aggregation(at: level, height: tree.height)
                guard method == .arithmetic else {
                    throw .benefitOfTheDoubtNeedsArithmetic(level: level, method: MethodNames.name(of: method))
                }
            }
        }
        if case .analyticHierarchy(let comparisons) = weighting {
            let known = codes.union(tree.aggregates.map(\.code))
            for code in comparisons.codes where !known.contains(code) { throw .unknownComparison(code) }
        }
        for method in [normalisation] + normalisationByIndicator.values {
            if case .minMax(let lower, let upper) = method {
                guard lower.isFinite, upper.isFinite, lower < upper else {
                    throw .badParameter(
                        method: "minmax", value: "\(lower),\(upper)", allowed: "two numbers, the smaller first")
                }
            }
        }
        let powers = (Array(aggregationByLevel.values) + (aggregation.map { [$0] } ?? []))
        for method in powers {
            if case .power(let p) = method, !p.isFinite {
                throw .badParameter(method: "power", value: "\(p)", allowed: "a finite exponent")
            }
        }
        switch treatment {
        case .winsorise(let limit), .winsoriseOrLog(let limit):
            guard limit >= 0 else {
                throw .badParameter(method: "winsorise", value: "\(limit)", allowed: "a number of points, at least 0")
            }
        case .none, .log, .logShiftedByOne: break
        }
    }
}
