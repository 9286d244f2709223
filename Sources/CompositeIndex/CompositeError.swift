// CompositeError.swift: why data, definition and methods together give no index.

/// One fault, with the code, the unit and the value that have it.
public enum CompositeError: Error, Sendable, Hashable, CustomStringConvertible {
    // Data
    case noUnits
    case duplicateUnit(code: String, time: Int?)
    /// A unit is named that the data does not have.
    case unknownUnit(String)
    case notFinite(unit: String, column: String)
    case columnLength(column: String, rows: Int, expected: Int)
    /// Indicators of the tree without a column.
    case missingColumns([String])
    /// Columns that are no indicator of the tree.
    case unknownColumns([String])
    case unknownIndicator(String)
    case unknownDenominator(indicator: String, denominator: String)
    case denominatorNotPositive(unit: String, indicator: String, denominator: String, value: Double)
    case unknownGroupColumn(String)
    case noTimes
    case nothingLeft(screenedAt: Double)

    // Methods
    case unknownMethod(String, allowed: String)
    case badParameter(method: String, value: String, allowed: String)
    case noGoalposts(indicator: String)
    case noTarget(indicator: String)
    case targetNotAboveMinimum(indicator: String, target: Double, minimum: Double)
    case goalpostsNotPositive(indicator: String, lower: Double)
    case valueNotPositive(method: String, unit: String, code: String, value: Double)
    case negativeValue(method: String, unit: String, code: String, value: Double)
    case unknownLevel(Int, height: Int)
    case valueOverflows(stage: Stage, unit: String, code: String)
    /// No indicator has a score for any unit, so there is no index.
    case nothingScored([UnscoredIndicator])
    /// No unit has enough data for an index.
    case noIndex(root: String, availability: Double, unscored: [UnscoredIndicator])

    // Weights
    case tooFewRows(method: String, parent: String, rows: Int, needed: Int)
    case noInformation(method: String, parent: String)
    case noPrincipalComponent(parent: String)
    case noComparisons(parent: String, children: [String])
    case incompleteComparisons(parent: String, a: String, b: String)
    case unknownComparison(String)
    case badComparison(a: String, b: String, value: Double)
    case notReciprocal(a: String, b: String, value: Double, inverse: Double)
    case inconsistentComparisons(parent: String, ratio: Double)
    case tooManyComparisons(parent: String, count: Int)
    case benefitOfTheDoubtNeedsArithmetic(level: Int, method: String)
    case linearProgramFailed(unit: String, parent: String)

    // Robustness
    case tooFewReplications(Int)
    case noFactors

    public var description: String {
        switch self {
        case .noUnits: "the data has no units"
        case .duplicateUnit(let code, let time):
            time.map { "the unit \(code) stands twice for \($0)" } ?? "the unit \(code) stands twice"
        case .unknownUnit(let code): "there is no unit \(code) in the data"
        case .notFinite(let unit, let column): "the value of \(column) for \(unit) is no finite number"
        case .columnLength(let column, let rows, let expected):
            "the column \(column) has \(rows) values for \(expected) units"
        case .missingColumns(let codes): "the data has no column \(codes.joined(separator: ", "))"
        case .unknownColumns(let codes):
            "the data has columns that the definition does not name: \(codes.joined(separator: ", "))"
        case .unknownIndicator(let code): "there is no indicator \(code)"
        case .unknownDenominator(let indicator, let denominator):
            "\(indicator) is to be divided by \(denominator), which is no denominator column of the data"
        case .denominatorNotPositive(let unit, let indicator, let denominator, let value):
            "\(indicator) of \(unit) cannot be divided by its \(denominator), \(value), which is not above 0"
        case .unknownGroupColumn(let column): "there is no group column \(column) in the data"
        case .noTimes: "the last year's value is asked for, and the data has no Time column"
        case .nothingLeft(let threshold): "no unit has a share of \(threshold) of its data, so none is left"
        case .unknownMethod(let text, let allowed): "“\(text)” is no method; use \(allowed)"
        case .badParameter(let method, let value, let allowed): "“\(value)” does not suit \(method): \(allowed)"
        case .noGoalposts(let indicator): "\(indicator) has no goalposts"
        case .noTarget(let indicator): "\(indicator) has no target"
        case .targetNotAboveMinimum(let indicator, let target, let minimum):
            "the target of \(indicator), \(target), is not better than the worst value in the data, \(minimum), "
                + "so no distance can be scored"
        case .goalpostsNotPositive(let indicator, let lower):
            "the lower goalpost of \(indicator) is \(lower); a logarithm needs goalposts above 0"
        case .valueNotPositive(let method, let unit, let code, let value):
            "\(method) needs values above 0, and \(code) of \(unit) is \(value); normalise to a range above 0"
        case .negativeValue(let method, let unit, let code, let value):
            "\(method) needs values of at least 0, and \(code) of \(unit) is \(value)"
        case .unknownLevel(let level, let height):
            "there is no level \(level) to aggregate at; the levels are 2 to \(height)"
        case .valueOverflows(let stage, let unit, let code):
            "\(code) of \(unit) is beyond the range of numbers after the stage \(stage.rawValue)"
        case .nothingScored(let indicators):
            "no indicator can be scored: "
                + indicators.map { "\($0.code) is \($0.reason.text)" }.joined(separator: ", ")
        case .noIndex(let root, let availability, let unscored):
            "no unit has a value of \(root): each lacks more than a share of \(1 - availability) of some weight"
                + (unscored.isEmpty ? "" : "; ")
                + unscored.map { "\($0.code) is \($0.reason.text)" }.joined(separator: ", ")
        case .tooFewRows(let method, let parent, let rows, let needed):
            "\(method) weights of the parts of \(parent) need \(needed) units with all data; there are \(rows)"
        case .noInformation(let method, let parent):
            "\(method) gives every part of \(parent) weight 0, as none tells the units apart"
        case .noPrincipalComponent(let parent):
            "the parts of \(parent) have no principal component: two directions explain equally much"
        case .noComparisons(let parent, let children):
            "the parts of \(parent) (\(children.joined(separator: ", "))) are not compared"
        case .incompleteComparisons(let parent, let a, let b):
            "\(a) and \(b), both parts of \(parent), are not compared"
        case .unknownComparison(let code): "the comparisons name \(code), which is no indicator or aggregate"
        case .badComparison(let a, let b, let value):
            "the comparison of \(a) with \(b) is \(value); comparisons are finite and above 0"
        case .notReciprocal(let a, let b, let value, let inverse):
            "\(a) against \(b) is \(value) and \(b) against \(a) is \(inverse); each must be the inverse of the other"
        case .inconsistentComparisons(let parent, let ratio):
            "the comparisons of the parts of \(parent) have the consistency ratio \(ratio); at most 0.1 is allowed"
        case .tooManyComparisons(let parent, let count):
            "\(parent) has \(count) parts; comparisons in pairs are defined for up to 15"
        case .benefitOfTheDoubtNeedsArithmetic(let level, let method):
            "benefit-of-the-doubt weights are those of a sum; level \(level) cannot be aggregated by \(method)"
        case .linearProgramFailed(let unit, let parent):
            "no benefit-of-the-doubt weights were found for \(unit) in \(parent)"
        case .tooFewReplications(let count): "\(count) replications are too few; at least 8 are needed"
        case .noFactors: "nothing is varied, so there is no robustness to tell"
        }
    }
}
