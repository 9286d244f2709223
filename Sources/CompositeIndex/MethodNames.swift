// MethodNames.swift: the written form of every choice, the same on the command line, in output and in the definition.

/// Names of methods and back.
public enum MethodNames {
    static let logGoalposts = "log-goalposts"

    public static let imputations = "none, mean, median, group-mean:COLUMN, group-median:COLUMN or last-year"
    public static let treatments = "none, winsorise:POINTS, log, log-plus-one or winsorise-or-log:POINTS"
    public static let normalisations =
        "none, goalposts, log-goalposts, minmax:LOWER,UPPER, zscore, rank, percentile, borda, distance-max, "
        + "distance-reference:UNIT or distance-target"
    public static let weightings = "given, equal, entropy, critic, pca, ahp:FILE or bod"
    public static let aggregations = "arithmetic, geometric, harmonic, power:EXPONENT, copeland or topsis"

    public static func name(of method: Imputation) -> String {
        switch method {
        case .none: "none"
        case .mean: "mean"
        case .median: "median"
        case .groupMean(let column): "group-mean:\(column)"
        case .groupMedian(let column): "group-median:\(column)"
        case .lastYear: "last-year"
        }
    }

    public static func imputation(_ text: String) throws(CompositeError) -> Imputation {
        let (name, parameter) = split(text)
        switch (name, parameter) {
        case ("none", nil): return .none
        case ("mean", nil): return .mean
        case ("median", nil): return .median
        case ("last-year", nil): return .lastYear
        case ("group-mean", let column?): return .groupMean(column: column)
        case ("group-median", let column?): return .groupMedian(column: column)
        default: throw .unknownMethod(text, allowed: imputations)
        }
    }

    public static func name(of method: Treatment) -> String {
        switch method {
        case .none: "none"
        case .winsorise(let limit): "winsorise:\(limit)"
        case .log: "log"
        case .logShiftedByOne: "log-plus-one"
        case .winsoriseOrLog(let limit): "winsorise-or-log:\(limit)"
        }
    }

    public static func treatment(_ text: String) throws(CompositeError) -> Treatment {
        let (name, parameter) = split(text)
        switch (name, parameter) {
        case ("none", nil): return .none
        case ("log", nil): return .log
        case ("log-plus-one", nil): return .logShiftedByOne
        case ("winsorise", nil): return .winsorise(limit: 5)
        case ("winsorise-or-log", nil): return .winsoriseOrLog(limit: 5)
        case ("winsorise", let points?): return .winsorise(limit: try count(points, of: name))
        case ("winsorise-or-log", let points?): return .winsoriseOrLog(limit: try count(points, of: name))
        default: throw .unknownMethod(text, allowed: treatments)
        }
    }

    public static func name(of method: Normalisation) -> String {
        switch method {
        case .none: "none"
        case .goalposts: "goalposts"
        case .logGoalposts: logGoalposts
        case .minMax(let lower, let upper): "minmax:\(short(lower)),\(short(upper))"
        case .zScore: "zscore"
        case .rank: "rank"
        case .percentileRank: "percentile"
        case .borda: "borda"
        case .distanceToMaximum: "distance-max"
        case .distanceToReference(let unit): "distance-reference:\(unit)"
        case .distanceToTarget: "distance-target"
        }
    }

    public static func normalisation(_ text: String) throws(CompositeError) -> Normalisation {
        let (name, parameter) = split(text)
        switch (name, parameter) {
        case ("none", nil): return .none
        case ("goalposts", nil): return .goalposts
        case (logGoalposts, nil): return .logGoalposts
        case ("minmax", nil): return .minMax(lower: 0, upper: 100)
        case ("zscore", nil): return .zScore
        case ("rank", nil): return .rank
        case ("percentile", nil): return .percentileRank
        case ("borda", nil): return .borda
        case ("distance-max", nil): return .distanceToMaximum
        case ("distance-target", nil): return .distanceToTarget
        case ("distance-reference", let unit?): return .distanceToReference(unit: unit)
        case ("minmax", let ends?):
            let numbers = ends.split(separator: ",", omittingEmptySubsequences: false).map { Double(String($0)) }
            guard numbers.count == 2, let lower = numbers[0], let upper = numbers[1], lower.isFinite, upper.isFinite,
                lower < upper
            else {
                throw .badParameter(method: name, value: ends, allowed: "two numbers, the smaller first, as in 0,100")
            }
            return .minMax(lower: lower, upper: upper)
        default: throw .unknownMethod(text, allowed: normalisations)
        }
    }

    public static func name(of method: Weighting) -> String {
        switch method {
        case .given: "given"
        case .equal: "equal"
        case .entropy: "entropy"
        case .critic: "critic"
        case .principalComponents: "pca"
        case .analyticHierarchy: "ahp"
        case .benefitOfTheDoubt: "bod"
        }
    }

    /// Every weighting but `ahp`, whose comparisons are a table.
    public static func weighting(_ text: String) throws(CompositeError) -> Weighting {
        switch text {
        case "given": return .given
        case "equal": return .equal
        case "entropy": return .entropy
        case "critic": return .critic
        case "pca": return .principalComponents
        case "bod": return .benefitOfTheDoubt
        default: throw .unknownMethod(text, allowed: weightings)
        }
    }

    public static func name(of method: Aggregation) -> String {
        switch method {
        case .arithmetic: "arithmetic"
        case .geometric: "geometric"
        case .harmonic: "harmonic"
        case .power(let exponent): "power:\(short(exponent))"
        case .copeland: "copeland"
        case .topsis: "topsis"
        }
    }

    public static func aggregation(_ text: String) throws(CompositeError) -> Aggregation {
        let (name, parameter) = split(text)
        switch (name, parameter) {
        case ("arithmetic", nil): return .arithmetic
        case ("geometric", nil): return .geometric
        case ("harmonic", nil): return .harmonic
        case ("copeland", nil): return .copeland
        case ("topsis", nil): return .topsis
        case ("power", let text?):
            guard let exponent = Double(text), exponent.isFinite else {
                throw .badParameter(method: name, value: text, allowed: "a finite exponent")
            }
            return .power(exponent)
        default: throw .unknownMethod(text, allowed: aggregations)
        }
    }

    /// The name and what follows its colon; nil for an empty parameter too, so that `mean:` is refused as `mean:`.
    private static func split(_ text: String) -> (name: String, parameter: String?) {
        guard let colon = text.firstIndex(of: ":") else { return (text, nil) }
        let parameter = String(text[text.index(after: colon)...])
        return parameter.isEmpty ? (text, nil) : (String(text[..<colon]), parameter)
    }

    private static func count(_ text: String, of method: String) throws(CompositeError) -> Int {
        guard let count = Int(text), count >= 0 else {
            throw .badParameter(method: method, value: text, allowed: "a number of points, at least 0")
        }
        return count
    }

    /// 100 for 100.0: what a person would write.
    static func short(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }
}
