// RobustnessPlan.swift: which choices are varied, and what they could have been instead.

/// A choice that someone else might have made otherwise.
public enum RobustnessFactor: String, Sendable, Hashable, CaseIterable {
    case normalisation, weights, aggregation, imputation
}

/// What is varied; the definition's own choice is the first alternative of every factor.
public struct RobustnessPlan: Sendable, Hashable {
    /// Other normalisations, for all indicators alike.
    public var normalisations: [Normalisation] = []
    /// Other aggregations, at all levels alike.
    public var aggregations: [Aggregation] = []
    public var imputations: [Imputation] = []
    /// Each weight is multiplied by a number drawn evenly from 1 ± this; 0 leaves the weights alone.
    public var weightNoise = 0.25
    /// Base points N: the analysis takes N (factors + 2) evaluations, and as many weight sets as base points are drawn.
    public var samples = 256
    public var seed: UInt64 = 1

    public init() {}

    /// Alternatives that go together: no score at or below 0 under a geometric or harmonic mean.
    ///
    /// Normalisations: min–max to [1, 100] and ranks. Aggregations: where the definition's scores are above 0, the
    /// arithmetic, geometric and harmonic mean, else the arithmetic mean and TOPSIS. Imputations, where cells are
    /// missing: the mean and the median, and none.
    public init(alternativesTo definition: CompositeDefinition, for data: CompositeData) {
        let method = definition.method
        let isPositive = ([method.normalisation] + method.normalisationByIndicator.values).allSatisfy(\.isPositive)
        normalisations = [.minMax(lower: 1, upper: 100), .rank].filter { $0 != method.normalisation }
        aggregations = isPositive ? [.arithmetic, .geometric, .harmonic] : [.arithmetic, .topsis]
        if let own = method.aggregation, method.aggregationByLevel.isEmpty { aggregations.removeAll { $0 == own } }
        if data.indicators.columns.contains(where: { $0.presentCount < $0.count }) {
            imputations = [.mean, .median, .none].filter { $0 != method.imputation }
        }
        if method.weighting == .benefitOfTheDoubt {
            // Its weights are no choice, and belong to a sum.
            weightNoise = 0
            aggregations = []
        }
    }

    /// Factors with more than one alternative.
    public var factors: [RobustnessFactor] {
        RobustnessFactor.allCases.filter { factor in
            switch factor {
            case .normalisation: !normalisations.isEmpty
            case .weights: weightNoise > 0
            case .aggregation: !aggregations.isEmpty
            case .imputation: !imputations.isEmpty
            }
        }
    }
}

/// Which alternative of each factor a replication takes; 0 is the definition's own.
struct RobustnessPoint: Sendable, Hashable {
    var normalisation = 0
    var aggregation = 0
    var imputation = 0
    /// Nil leaves the weights as they are, else the number of a set of factors.
    var weightSet: Int?
}
