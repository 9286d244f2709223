// PairComparisons.swift: weights from comparisons in pairs, the analytic hierarchy process.

/// How many times as important one part is as another, for pairs of siblings.
///
/// One table may hold the comparisons of several aggregates; pairs that are no siblings must not be compared.
public struct PairComparisons: Sendable, Hashable {
    public struct Pair: Sendable, Hashable {
        public let first: String
        public let second: String

        public init(_ first: String, _ second: String) {
            self.first = first
            self.second = second
        }
    }

    private let values: [Pair: Double]
    /// Every code that is compared, sorted.
    public let codes: [String]

    /// The largest consistency ratio that is accepted.
    public static let largestRatio = 0.1

    /// Mean consistency index of random comparisons of n parts, n from 0 to 15.
    ///
    /// - Source: T. L. Saaty, The Analytic Hierarchy Process, McGraw-Hill 1980, p. 21.
    static let randomIndex = [0, 0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59]

    /// - Parameter ratios: Importance of the first over the second, > 0. One of the two directions is enough; both must
    ///   be each other's inverse within 1 %, since 1/3 is often written 0.33, and then the value above 1 counts.
    /// - Throws: `.badComparison`, `.notReciprocal`.
    public init(_ ratios: [Pair: Double]) throws(CompositeError) {
        var values: [Pair: Double] = [:]
        let ordered = ratios.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }
        for (pair, value) in ordered {
            guard value.isFinite, value > 0, pair.first != pair.second || value == 1 else {
                throw .badComparison(a: pair.first, b: pair.second, value: value)
            }
            let mirrored = Pair(pair.second, pair.first)
            if let inverse = ratios[mirrored], pair.first != pair.second {
                guard inverse.isFinite, inverse > 0 else {
                    throw .badComparison(a: pair.second, b: pair.first, value: inverse)
                }
                guard abs(value * inverse - 1) <= 0.01 else {
                    throw .notReciprocal(a: pair.first, b: pair.second, value: value, inverse: inverse)
                }
                values[pair] = value >= 1 ? value : 1 / inverse
            } else {
                values[pair] = value
                values[mirrored] = 1 / value
            }
        }
        self.values = values
        codes = Set(values.keys.map(\.first)).sorted()
    }

    public subscript(first: String, second: String) -> Double? {
        first == second ? 1 : values[Pair(first, second)]
    }

    /// Every pair, sorted.
    var pairs: [(pair: Pair, value: Double)] {
        values.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }
            .map { (pair: $0.key, value: $0.value) }
    }

    /// Weights of `children` and the consistency ratio CR = (λ − n) / (n − 1) / RI(n).
    ///
    /// - Throws: `.noComparisons`, `.incompleteComparisons`, `.tooManyComparisons`, `.inconsistentComparisons`.
    func weights(
        of children: [String], parent: String
    ) throws(CompositeError) -> (shares: [Double], ratio: Double) {
        let n = children.count
        guard n > 1 else { return ([1], 0) }
        guard n < Self.randomIndex.count else { throw .tooManyComparisons(parent: parent, count: n) }
        let compared = Set(codes)
        guard children.contains(where: compared.contains) else {
            throw .noComparisons(parent: parent, children: children)
        }
        var matrix: [[Double]] = []
        for a in children {
            var row: [Double] = []
            for b in children {
                guard let value = self[a, b] else { throw .incompleteComparisons(parent: parent, a: a, b: b) }
                row.append(value)
            }
            matrix.append(row)
        }
        // Positive matrices have one positive eigenvector, and powers converge to it.
        var shares = [Double](repeating: 1 / Double(n), count: n)
        var eigenvalue = Double(n)
        for _ in 0..<10_000 {
            let product = matrix.map { row in zip(row, shares).reduce(0) { $0 + $1.0 * $1.1 } }
            eigenvalue = product.reduce(0, +)
            let next = product.map { $0 / eigenvalue }
            let change = zip(next, shares).map { abs($0 - $1) }.max() ?? 0
            shares = next
            if change < 1e-16 { break }
        }
        // Two parts cannot contradict each other.
        let random = Self.randomIndex[n]
        let ratio = random > 0 ? max(0, (eigenvalue - Double(n)) / Double(n - 1) / random) : 0
        guard ratio <= Self.largestRatio else { throw .inconsistentComparisons(parent: parent, ratio: ratio) }
        return (shares, ratio)
    }
}
