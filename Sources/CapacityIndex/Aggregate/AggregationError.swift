// AggregationError.swift: why an amount, a line or a summary does not enter a total.

/// What was refused, where it stands and what is allowed. A call that throws one of these has changed nothing.
public enum AggregationError: Error, Sendable, Hashable {
    /// A number that is negative, not finite or at or above the limit.
    case amountOutOfRange(field: String, number: Double, limit: Double)
    /// A sum would leave the range of `ExactSum`, ±2^175.
    case sumOutOfRange
    /// More was to be taken out of a total than is in it.
    case notInTotal(nodes: Int, asked: Int)
    /// Text that is not the canonical form of an exact sum.
    case malformedSum(String)
    /// A path in the tree of places with an empty name in it.
    case emptyPlaceName(path: [String])
    case unknownPlace(number: Int, places: Int)
    case tooManyPlaces(limit: Int)
    case tooManyLines(limit: Int)
    /// A node with nothing in it.
    case noLines
    /// Two lines of one node in one class.
    case classTwice(ComputeClass)
    /// A second line of a node and class, which only a replacement may be.
    case alreadyCounted(node: String, ComputeClass)
    /// A replacement or a withdrawal of what is not there.
    case notCounted(node: String, ComputeClass?)
    /// A node's lines lie at one place; to move it, withdraw all of them first.
    case nodeElsewhere(node: String, at: [String], asked: [String])
    /// Two summaries that both speak for a place: the same site twice, or a site and its region.
    case overlappingScopes([String], [String])
    /// A total at a place that its summary does not speak for.
    case outsideScope(place: [String], scopes: [[String]])
    /// Totals of one place that contradict each other.
    case inconsistent(place: [String], Basis, what: String)
    case unknownFormat(found: String, known: String)
}

extension AggregationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .amountOutOfRange(let field, let number, let limit):
            "\(field) of an amount must be at least 0 and below \(limit), and is \(number)"
        case .sumOutOfRange: "a sum would leave ±2^175, the range in which sums are exact"
        case .notInTotal(let nodes, let asked): "\(asked) nodes cannot be taken out of a total of \(nodes)"
        case .malformedSum(let text): "“\(text)” is not an exact sum such as “0x1p40”, an odd number times a power of 2"
        case .emptyPlaceName(let path): "a place needs a name on every level; the path is \(Self.text(path))"
        case .unknownPlace(let number, let places): "place \(number) is not one of the \(places) places of this tree"
        case .tooManyPlaces(let limit): "a tree holds at most \(limit) places"
        case .tooManyLines(let limit): "an index holds at most \(limit) lines"
        case .noLines: "a node without a line has nothing to add"
        case .classTwice(let computeClass): "a node has one line in class \(computeClass.rawValue), not two"
        case .alreadyCounted(let node, let computeClass):
            "node \(node) is counted in class \(computeClass.rawValue) already; replace its line, or withdraw it first"
        case .notCounted(let node, let computeClass?):
            "node \(node) has no line in class \(computeClass.rawValue) to replace or withdraw"
        case .notCounted(let node, nil): "node \(node) has no lines to withdraw"
        case .nodeElsewhere(let node, let place, let asked):
            "node \(node) is counted at \(Self.text(place)) and cannot be at \(Self.text(asked)) too; "
                + "withdraw its lines there first"
        case .overlappingScopes(let left, let right):
            "summaries of \(Self.text(left)) and \(Self.text(right)) overlap; their nodes would count twice"
        case .outsideScope(let place, let scopes):
            "a total at \(Self.text(place)) lies outside of what the summary is for: "
                + scopes.map(Self.text).joined(separator: ", ")
        case .inconsistent(let place, let basis, let what):
            "the \(basis.rawValue) totals at \(Self.text(place)) contradict each other: \(what)"
        case .unknownFormat(let found, let known): "the summary's format is “\(found)”; known is “\(known)”"
        }
    }

    /// `north / s1`; the root is `all`.
    static func text(_ path: [String]) -> String { path.isEmpty ? "all" : path.joined(separator: " / ") }
}
