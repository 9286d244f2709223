// TreeError.swift: why indicators and aggregates are no tree.

/// One fault of a tree, with the code that has it.
public enum TreeError: Error, Sendable, Hashable, CustomStringConvertible {
    case noIndicators
    case emptyCode
    case duplicateCode(String)
    /// The parent is named and does not exist.
    case orphan(code: String, parent: String)
    /// The parent is an indicator, which has no parts.
    case parentIsIndicator(code: String, parent: String)
    /// The codes on the way round, the first one repeated at the end.
    case cycle([String])
    case noRoot
    case severalRoots([String])
    case childless(aggregate: String)
    /// Negative, or not finite.
    case badWeight(code: String, weight: Double)
    case allWeightsZero(parent: String)
    case badTarget(code: String, target: Double)

    public var description: String {
        switch self {
        case .noIndicators: "there is no indicator; an index needs at least one"
        case .emptyCode: "an indicator or aggregate has an empty code"
        case .duplicateCode(let code): "the code \(code) stands twice; every indicator and aggregate needs its own"
        case .orphan(let code, let parent): "\(code) is an orphan: its parent \(parent) does not exist"
        case .parentIsIndicator(let code, let parent):
            "the parent of \(code) is \(parent), which is an indicator; only aggregates have parts"
        case .cycle(let codes): "the parents go round in a cycle: \(codes.joined(separator: " → "))"
        case .noRoot: "no aggregate is without a parent, so nothing is the index"
        case .severalRoots(let codes):
            "\(codes.joined(separator: ", ")) have no parent; exactly one aggregate may be the index"
        case .childless(let aggregate): "the aggregate \(aggregate) has neither indicators nor aggregates below it"
        case .badWeight(let code, let weight): "the weight of \(code) is \(weight); weights are finite and at least 0"
        case .allWeightsZero(let parent): "all parts of \(parent) have weight 0, so nothing counts"
        case .badTarget(let code, let target): "the target of \(code) is \(target), which is no finite number"
        }
    }
}
